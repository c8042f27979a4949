SELECT set_config('banyan.kind', 'task:set_up', true);
CREATE TEMPORARY TABLE modules_then ON COMMIT DROP AS
SELECT m.id, m.programme_id, m.code, v.name_en, v.name_zh, v.summary_en, v.summary_zh, v.contact_hours,
  v.contact_hours + v.self_study_hours + v.assessment_hours AS notional_hours, m.position, m.created_at
FROM modules m JOIN LATERAL (SELECT * FROM module_versions v WHERE v.module_id = m.id
  ORDER BY v.state = 'published' DESC, v.number DESC LIMIT 1) v ON true;
DROP TABLE exemption_cases, exemptions, framework_references, competencies, module_versions, modules;
CREATE TABLE modules (
  id uuid PRIMARY KEY,
  programme_id uuid NOT NULL REFERENCES programmes (id),
  code text NOT NULL,
  name_en text NOT NULL,
  name_zh text NOT NULL,
  summary_en text NOT NULL,
  summary_zh text NOT NULL,
  contact_hours integer NOT NULL,
  notional_hours integer NOT NULL,
  position integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT banyan_now(),
  UNIQUE (programme_id, code)
);
INSERT INTO modules SELECT * FROM modules_then;
