-- What analysts decide: hunts, suppressions, reviews by hunt, what each analyst has seen, and one history of it all.

CREATE TABLE operation ( -- a command that changed something, or a run that did
  operation_id INTEGER PRIMARY KEY,
  command TEXT NOT NULL, -- such as set; '' for what version 1 did, which cannot be undone
  done_at INTEGER NOT NULL,
  done_by TEXT NOT NULL,
  run_id INTEGER UNIQUE REFERENCES run, -- NULL for a command
  undone_id INTEGER UNIQUE REFERENCES operation -- the operation that this one takes back
) STRICT;
CREATE INDEX operation_by_analyst ON operation (done_by, operation_id);
CREATE TRIGGER operation_is_not_rewritten BEFORE UPDATE ON operation
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;
CREATE TRIGGER operation_is_not_erased BEFORE DELETE ON operation
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;
CREATE TRIGGER operation_is_not_replaced BEFORE INSERT ON operation
WHEN EXISTS (
  SELECT 1
  FROM operation
  WHERE operation_id = new.operation_id
    OR run_id = new.run_id
    OR undone_id = new.undone_id
)
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;

CREATE TABLE hunt ( -- a hypothesis with the rules that test it
  hunt_id INTEGER PRIMARY KEY, -- shown as H-1
  name TEXT NOT NULL, -- '' for a hunt whose opening was undone
  hypothesis TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('new', 'active', 'closed', 'backlog', 'approved')),
  hypothesis_status TEXT NOT NULL CHECK (hypothesis_status IN ('unknown', 'validated', 'invalidated')),
  lookback INTEGER, -- in ticks; NULL: as each rule says
  reopen TEXT NOT NULL CHECK (reopen IN ('novel', 'always', 'never')), -- what new evidence does to a resolved finding
  owner TEXT NOT NULL,
  opened_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX hunt_by_name ON hunt (name) WHERE name <> '';

ALTER TABLE rule ADD COLUMN hunt_id INTEGER REFERENCES hunt; -- NULL before its first run
ALTER TABLE rule ADD COLUMN reopen TEXT CHECK (reopen IN ('novel', 'always', 'never')); -- NULL: as its hunt says
ALTER TABLE device ADD COLUMN last_import_id INTEGER REFERENCES import; -- the newest that brought or filled events of it
ALTER TABLE run ADD COLUMN findings_repeated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN findings_reopened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN findings_absent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN events_hidden INTEGER NOT NULL DEFAULT 0; -- by suppressions, in this run

CREATE TABLE suppression ( -- what of a rule's evidence is known to be harmless
  suppression_id INTEGER PRIMARY KEY, -- shown as S-1
  rule_id INTEGER NOT NULL REFERENCES rule,
  device_id INTEGER REFERENCES device, -- the scope: this and the next three all hold; NULL for any
  account TEXT, -- domain\name or name alone, whatever the case
  command_operator TEXT, -- a KQL string operator
  command_text TEXT, -- its right side; the process's command line is the left
  action TEXT NOT NULL CHECK (action IN ('hide', 'resolve')),
  classification TEXT NOT NULL, -- the verdict that it resolves with; unknown where it hides
  determination TEXT NOT NULL,
  expires_at INTEGER, -- NULL: never
  why TEXT NOT NULL,
  lifted_at INTEGER,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  is_undone INTEGER NOT NULL DEFAULT 0 CHECK (is_undone IN (0, 1)),
  CHECK ((command_operator IS NULL) = (command_text IS NULL)),
  CHECK (coalesce(device_id, account, command_operator) IS NOT NULL)
) STRICT;
CREATE INDEX suppression_by_rule ON suppression (rule_id);

-- A finding is the rule's newest word on a device: a resolved one that stays closed is followed by a successor.
ALTER TABLE finding RENAME TO finding_1;
ALTER TABLE evidence RENAME TO evidence_1;
ALTER TABLE finding_tag RENAME TO finding_tag_1;
ALTER TABLE note RENAME TO note_1;
ALTER TABLE history RENAME TO history_1;
ALTER TABLE device_review RENAME TO device_review_1;
DROP INDEX finding_by_device;
DROP INDEX note_by_finding;
DROP INDEX history_by_finding;
DROP TRIGGER history_is_not_rewritten;
DROP TRIGGER history_is_not_erased;

CREATE TABLE finding ( -- what a rule says of a device
  finding_id INTEGER PRIMARY KEY, -- shown as F-1
  rule_id INTEGER NOT NULL REFERENCES rule,
  device_id INTEGER NOT NULL REFERENCES device,
  episode INTEGER NOT NULL DEFAULT 1, -- 2 for the successor of the first, and so on
  status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'inProgress', 'resolved')),
  classification TEXT NOT NULL DEFAULT 'unknown'
    CHECK (classification IN ('unknown', 'truePositive', 'informationalExpectedActivity', 'falsePositive')),
  determination TEXT NOT NULL DEFAULT 'unknown',
  severity TEXT NOT NULL CHECK (severity IN ('informational', 'low', 'medium', 'high')),
  assigned_to TEXT NOT NULL DEFAULT '',
  verdict_until INTEGER, -- when the verdict lapses: the next event then reopens the finding; NULL: never
  events INTEGER NOT NULL DEFAULT 0, -- its evidence, without what is hidden
  hidden_events INTEGER NOT NULL DEFAULT 0, -- evidence that a suppression hides
  first_activity INTEGER NOT NULL,
  last_activity INTEGER NOT NULL,
  created_at INTEGER, -- when it was raised; NULL where all its evidence came hidden
  resolved_at INTEGER,
  resolved_events INTEGER, -- what events was then
  reopen_count INTEGER NOT NULL DEFAULT 0,
  last_run_id INTEGER REFERENCES run, -- the newest that brought evidence that is not hidden
  UNIQUE (rule_id, device_id, episode)
) STRICT;
CREATE INDEX finding_by_device ON finding (device_id);

CREATE TABLE evidence ( -- an event because of which a finding exists; never removed
  finding_id INTEGER NOT NULL REFERENCES finding,
  event_id INTEGER NOT NULL REFERENCES process_event,
  rule_version_id INTEGER NOT NULL REFERENCES rule_version, -- whose match it is
  run_id INTEGER NOT NULL REFERENCES run, -- that brought it
  behaviour BLOB NOT NULL CHECK (length(behaviour) = 32), -- what the function behaviour says of the event
  suppression_id INTEGER REFERENCES suppression, -- that covers it
  is_hidden INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1)),
  PRIMARY KEY (finding_id, event_id),
  CHECK (is_hidden = 0 OR suppression_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_behaviour ON evidence (finding_id, behaviour);
CREATE INDEX evidence_by_suppression ON evidence (suppression_id) WHERE suppression_id IS NOT NULL;

CREATE TABLE finding_tag (
  finding_id INTEGER NOT NULL REFERENCES finding,
  tag TEXT NOT NULL,
  PRIMARY KEY (finding_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
  note_id INTEGER PRIMARY KEY,
  operation_id INTEGER NOT NULL REFERENCES operation,
  finding_id INTEGER REFERENCES finding, -- this or the next
  hunt_id INTEGER REFERENCES hunt,
  text TEXT NOT NULL,
  CHECK ((finding_id IS NULL) <> (hunt_id IS NULL))
) STRICT;
CREATE INDEX note_by_finding ON note (finding_id, note_id);

CREATE TABLE history ( -- one change of one field
  history_id INTEGER PRIMARY KEY,
  operation_id INTEGER NOT NULL REFERENCES operation,
  finding_id INTEGER REFERENCES finding, -- what was changed: one of these five, or a device in a hunt
  device_id INTEGER REFERENCES device,
  hunt_id INTEGER REFERENCES hunt,
  rule_id INTEGER REFERENCES rule,
  suppression_id INTEGER REFERENCES suppression,
  field TEXT NOT NULL,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  why TEXT NOT NULL,
  CHECK (
    (finding_id IS NOT NULL) + (hunt_id IS NOT NULL) + (rule_id IS NOT NULL) + (suppression_id IS NOT NULL) = 1
    AND (device_id IS NULL OR hunt_id IS NOT NULL)
  )
) STRICT;
CREATE INDEX history_by_finding ON history (finding_id, history_id);
CREATE INDEX history_by_operation ON history (operation_id);
CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON history
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;
CREATE TRIGGER history_is_not_erased BEFORE DELETE ON history
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;
CREATE TRIGGER history_is_not_replaced BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history WHERE history_id = new.history_id)
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;

CREATE TABLE seen ( -- how far an analyst has looked at a finding
  analyst TEXT NOT NULL,
  finding_id INTEGER NOT NULL REFERENCES finding,
  run_id INTEGER NOT NULL DEFAULT 0, -- evidence that runs up to this one brought; 0: none
  history_id INTEGER NOT NULL, -- changes up to this one; 0: none
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (analyst, finding_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_review (
  hunt_id INTEGER NOT NULL REFERENCES hunt,
  device_id INTEGER NOT NULL REFERENCES device,
  state TEXT NOT NULL CHECK (state IN ('inReview', 'reviewed')), -- no row: not reviewed
  reviewed_at INTEGER NOT NULL,
  reviewed_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  import_id INTEGER NOT NULL, -- the watermark, what the reviewer could see: the newest import; 0: none
  run_id INTEGER NOT NULL, -- the newest run; 0: none
  history_id INTEGER NOT NULL, -- the newest change; 0: none
  rules_sha256 TEXT NOT NULL, -- of the versions of the hunt's rules; '' where version 1 did not record it
  window_end INTEGER, -- what findings covered
  PRIMARY KEY (hunt_id, device_id)
) STRICT, WITHOUT ROWID;

-- The history with who, when and by what, the names that it is about, and the numbers of its rule and device.
CREATE VIEW change AS
SELECT
  history.history_id,
  history.operation_id,
  operation.command,
  operation.done_at,
  operation.done_by,
  operation.run_id,
  history.finding_id,
  history.hunt_id,
  history.suppression_id,
  history.device_id AS reviewed_device_id,
  rule.rule_id,
  coalesce(rule.name, '') AS rule_name,
  device.device_id,
  coalesce(nullif(device.name, ''), device.external_id, '') AS device_name,
  history.field,
  history.old,
  history.new,
  history.why
FROM history
JOIN operation USING (operation_id)
LEFT JOIN finding ON finding.finding_id = history.finding_id
LEFT JOIN suppression ON suppression.suppression_id = history.suppression_id
LEFT JOIN rule ON rule.rule_id = coalesce(history.rule_id, finding.rule_id, suppression.rule_id)
LEFT JOIN device ON device.device_id = coalesce(history.device_id, finding.device_id, suppression.device_id);

-- What version 1 held.

-- A rule's hunt gets the rule's number. Rules of one name, whose ids differ, get hunts of numbered names.
INSERT INTO hunt (hunt_id, name, hypothesis, status, hypothesis_status, reopen, owner, opened_at)
WITH newest AS (
  SELECT rule_id, min(first_run_at) AS first_run_at, max(rule_version_id) AS rule_version_id
  FROM rule_version
  GROUP BY rule_id
),
version AS ( -- the newest text of each rule, a value of its head on one line
  SELECT
    newest.rule_id,
    newest.first_run_at,
    replace(replace(rule_version.text, char(13), ''), char(10) || '--  ', ' ') || char(10) AS text
  FROM newest
  JOIN rule_version USING (rule_version_id)
),
tail AS (
  SELECT rule_id, first_run_at, substr(text, instr(text, '-- hypothesis:') + length('-- hypothesis:')) AS text
  FROM version
),
named AS (
  SELECT rule_id, name, row_number() OVER (PARTITION BY lower(name) ORDER BY rule_id) AS number
  FROM rule
)
SELECT
  named.rule_id,
  iif(named.number = 1, named.name, named.name || ' (' || named.number || ', rule ' || named.rule_id || ')'),
  trim(replace(substr(tail.text, 1, instr(tail.text, char(10)) - 1), '  ', ' ')),
  'active',
  'unknown',
  'novel',
  '',
  tail.first_run_at
FROM named
JOIN tail USING (rule_id)
ORDER BY named.rule_id;
UPDATE rule SET hunt_id = rule_id WHERE rule_id IN (SELECT hunt_id FROM hunt);
INSERT INTO hunt (name, hypothesis, status, hypothesis_status, reopen, owner, opened_at)
SELECT 'reviews before the first run', '', 'closed', 'unknown', 'novel', '', min(reviewed_at)
FROM device_review_1
WHERE NOT EXISTS (SELECT 1 FROM hunt)
HAVING count(*) > 0;

UPDATE device
SET last_import_id = newest.import_id
FROM (SELECT device_id, max(import_id) AS import_id FROM process_event GROUP BY device_id) AS newest
WHERE newest.device_id = device.device_id;
UPDATE device
SET last_import_id = max(last_import_id, newest.import_id)
FROM (
  SELECT process_event.device_id, max(event_completion.import_id) AS import_id
  FROM event_completion
  JOIN process_event USING (event_id)
  GROUP BY process_event.device_id
) AS newest
WHERE newest.device_id = device.device_id;

INSERT INTO finding (
  finding_id, rule_id, device_id, status, classification, determination, severity, assigned_to, events,
  first_activity, last_activity, created_at, resolved_at, resolved_events, reopen_count, last_run_id
)
SELECT
  finding_id, rule_id, device_id, status, classification, determination, severity, assigned_to, events,
  first_activity, last_activity, created_at, resolved_at, iif(resolved_at IS NULL, NULL, events), reopen_count,
  (SELECT max(run_id) FROM evidence_1 WHERE evidence_1.finding_id = finding_1.finding_id)
FROM finding_1;

INSERT INTO evidence (finding_id, event_id, rule_version_id, run_id, behaviour)
SELECT
  evidence_1.finding_id,
  evidence_1.event_id,
  evidence_1.rule_version_id,
  evidence_1.run_id,
  behaviour(
    published.FileName,
    published.ProcessCommandLine,
    published.InitiatingProcessFileName,
    published.InitiatingProcessParentFileName,
    published.AccountDomain,
    published.AccountName
  )
FROM evidence_1
JOIN DeviceProcessEvents AS published USING (event_id);

INSERT INTO finding_tag SELECT * FROM finding_tag_1;

INSERT INTO operation (command, done_at, done_by)
SELECT DISTINCT '', done_at, done_by
FROM (
  SELECT changed_at AS done_at, changed_by AS done_by FROM history_1
  UNION ALL
  SELECT noted_at, noted_by FROM note_1
)
ORDER BY done_at, done_by;
INSERT INTO note (note_id, operation_id, finding_id, text)
SELECT note_1.note_id, operation.operation_id, note_1.finding_id, note_1.text
FROM note_1
JOIN operation ON operation.done_at = note_1.noted_at AND operation.done_by = note_1.noted_by
ORDER BY note_1.note_id;
INSERT INTO history (operation_id, finding_id, field, old, new, why)
SELECT operation.operation_id, change.finding_id, change.field, change.old, change.new, change.why
FROM (
  SELECT changed_at, changed_by, 1 AS part, history_id AS id, finding_id, field, old, new, why FROM history_1
  UNION ALL
  SELECT noted_at, noted_by, 2, note_id, finding_id, 'note', '', text, '' FROM note_1
) AS change
JOIN operation ON operation.done_at = change.changed_at AND operation.done_by = change.changed_by
ORDER BY operation.operation_id, change.part, change.id;

INSERT INTO device_review
SELECT
  hunt.hunt_id,
  review.device_id,
  review.state,
  review.reviewed_at,
  review.reviewed_by,
  review.comment,
  coalesce(review.import_id, 0),
  (SELECT coalesce(max(run_id), 0) FROM run WHERE run.run_at <= review.reviewed_at),
  (SELECT coalesce(max(history_id), 0) FROM history),
  '',
  (SELECT max(rule.window_end) FROM rule WHERE rule.hunt_id = hunt.hunt_id)
FROM device_review_1 AS review
CROSS JOIN hunt;

DROP TABLE device_review_1;
DROP TABLE history_1;
DROP TABLE note_1;
DROP TABLE finding_tag_1;
DROP TABLE evidence_1;
DROP TABLE finding_1;
