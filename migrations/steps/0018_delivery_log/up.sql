-- The delivery log in each of its orders, and the kinds that it holds.
CREATE INDEX letters_to ON letters (programme_id, lower(to_name), id);
CREATE INDEX letters_state ON letters (programme_id, state, id);
CREATE INDEX letters_kind ON letters (kind, programme_id);
