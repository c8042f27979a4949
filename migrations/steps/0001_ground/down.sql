DROP TABLE files, jobs, mailbox, letters, audit_checkpoints, audit_chain, audit_details, audit_events,
  throttles, idempotency_keys, house;
