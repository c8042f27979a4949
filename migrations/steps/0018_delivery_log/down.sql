DROP INDEX letters_kind, letters_state, letters_to;
