DROP INDEX enrolments_living;
DROP TABLE looks, sharing_consents, risk_notes, risk_standings, risk_cases, risk_looks, at_risk_rules;
