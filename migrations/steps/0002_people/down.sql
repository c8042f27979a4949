DROP TABLE consents, links, api_tokens, sessions, role_grants, credentials, people;
