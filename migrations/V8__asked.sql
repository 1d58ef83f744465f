-- What rules are asked, apart from how they are described, and which suppression made a change.

-- A version is the hash of what is asked: a changed comment makes no new one. Texts that ask the same become one
-- version, the one that ran last; the others keep the hash of their file, which nothing asks for any more. Reviews go on
-- to know the versions that they knew.
CREATE TEMP TABLE newest_rule_version AS
SELECT
  rule_version.rule_version_id,
  rule_version.rule_id,
  max(rule_run.rule_run_id) AS rule_run_id
FROM rule_version
JOIN rule_run USING (rule_version_id)
GROUP BY rule_version.rule_id;
CREATE TEMP VIEW hunt_versions AS
SELECT
  rule.hunt_id,
  sha256_hex(
    group_concat(rule.published_id || ' ' || rule_version.sha256 || char(10), '' ORDER BY rule.published_id)
  ) AS digest
FROM newest_rule_version
JOIN rule_version USING (rule_version_id)
JOIN rule ON rule.rule_id = rule_version.rule_id
GROUP BY rule.hunt_id;
CREATE TEMP TABLE fresh_review AS
SELECT device_review.hunt_id, device_review.device_id
FROM device_review
JOIN hunt_versions ON hunt_versions.hunt_id = device_review.hunt_id AND hunt_versions.digest = device_review.rules_sha256;

UPDATE rule_version
SET sha256 = asked.sha256
FROM (
  SELECT
    rule_version_id,
    sha256,
    row_number() OVER (PARTITION BY rule_id, sha256 ORDER BY last_rule_run_id DESC, rule_version_id DESC) AS place
  FROM (
    SELECT
      rule_version_id,
      rule_id,
      sha256_hex('1' || char(10) || canonical_sql(text)) AS sha256,
      coalesce(
        (SELECT max(rule_run_id) FROM rule_run WHERE rule_run.rule_version_id = rule_version.rule_version_id),
        0
      ) AS last_rule_run_id
    FROM rule_version
  )
) AS asked
WHERE asked.rule_version_id = rule_version.rule_version_id
  AND asked.place = 1;

UPDATE device_review
SET rules_sha256 = hunt_versions.digest
FROM hunt_versions
WHERE hunt_versions.hunt_id = device_review.hunt_id
  AND (device_review.hunt_id, device_review.device_id) IN (SELECT hunt_id, device_id FROM fresh_review);
DROP TABLE fresh_review;
DROP VIEW hunt_versions;
DROP TABLE newest_rule_version;

-- A run asks about every event, unless a window narrows it: what is in no finding is told by its match.
ALTER TABLE rule DROP COLUMN window_start;
ALTER TABLE rule DROP COLUMN window_end;
ALTER TABLE rule_run ADD COLUMN window_end INTEGER; -- the last instant that was asked about, as window_start is the last before it; NULL: no end
UPDATE rule_run SET window_end = (SELECT as_of FROM run WHERE run.run_id = rule_run.run_id) WHERE window_start IS NOT NULL;

-- What waits for a finding is found without looking at what is in one.
ALTER TABLE rule_match ADD COLUMN is_evidence INTEGER NOT NULL DEFAULT 0 CHECK (is_evidence IN (0, 1)); -- whether a finding of the rule holds the event
UPDATE rule_match
SET is_evidence = 1
WHERE EXISTS (
  SELECT 1
  FROM evidence
  CROSS JOIN finding USING (finding_id) -- in this order: a rule may have very many findings
  CROSS JOIN rule_version ON rule_version.rule_id = finding.rule_id
  WHERE evidence.event_id = rule_match.event_id
    AND rule_version.rule_version_id = rule_match.rule_version_id
);
CREATE INDEX rule_match_outside ON rule_match (rule_version_id, event_id) WHERE holds AND NOT is_evidence;

-- The version in which each rule ran last, and that run of it: the row of the greatest number.
CREATE VIEW current_version AS
SELECT rule_version.rule_id, rule_run.rule_version_id, max(rule_run.rule_run_id) AS rule_run_id
FROM rule_run
JOIN rule_version USING (rule_version_id)
GROUP BY rule_version.rule_id;

-- What the shipped rule found is a list of conditions, as its later versions give it.
UPDATE rule_match
SET reason = json_object('reasons', json((
  SELECT json_group_array(json_object('column', name, 'operator', operator, 'needle', needle) ORDER BY place)
  FROM (
    SELECT 1 AS place, 'FileName' AS name, 'in~' AS operator, lower(published.FileName) AS needle
    UNION ALL
    SELECT 2, 'InitiatingProcessFileName', 'in', published.InitiatingProcessFileName
    WHERE published.InitiatingProcessFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')
    UNION ALL
    SELECT 3, 'InitiatingProcessFileName', 'startswith', 'tomcat'
    WHERE startswith(published.InitiatingProcessFileName, 'tomcat')
    UNION ALL
    SELECT 4, 'InitiatingProcessParentFileName', 'in', published.InitiatingProcessParentFileName
    WHERE published.InitiatingProcessParentFileName IN ('w3wp.exe', 'beasvc.exe', 'httpd.exe')
    UNION ALL
    SELECT 5, 'InitiatingProcessParentFileName', 'startswith', 'tomcat'
    WHERE startswith(published.InitiatingProcessParentFileName, 'tomcat')
    UNION ALL
    SELECT 6 + item.key, 'ProcessCommandLine', item.value ->> 0, item.value ->> 1
    FROM json_each('[
      ["contains", "%temp%"], ["has", "wget"], ["has", "whoami"], ["has", "certutil"],
      ["has", "systeminfo"], ["has", "ping"], ["has", "ipconfig"], ["has", "timeout"]
    ]') AS item
    WHERE instr(
      ', ' || (rule_match.reason ->> 'matched_conditions') || ', ',
      ', ' || (item.value ->> 0) || ' ' || (item.value ->> 1) || ', '
    ) > 0
  )
)))
FROM DeviceProcessEvents AS published, rule_version, rule
WHERE published.event_id = rule_match.event_id
  AND rule_version.rule_version_id = rule_match.rule_version_id
  AND rule.rule_id = rule_version.rule_id
  AND rule.published_id = '7fdc5f4a-700d-4713-abfc-181f02968726'
  AND rule_match.reason ->> 'matched_conditions' IS NOT NULL;

-- Whose doing a change is stands in a column, and no longer before the reason.
ALTER TABLE history ADD COLUMN by_suppression_id INTEGER REFERENCES suppression; -- the suppression that made the change; NULL: whoever gave the command, or the run
DROP TRIGGER history_is_not_rewritten;
UPDATE history
SET by_suppression_id = CAST(substr(history.why, 3) AS INTEGER),
  why = substr(history.why, instr(history.why, ': ') + 2)
FROM operation
WHERE operation.operation_id = history.operation_id
  AND history.finding_id IS NOT NULL
  AND history.field NOT IN ('coveredBy', 'hiddenBy')
  AND history.why GLOB 'S-[0-9]*: *'
  AND CAST(substr(history.why, 3) AS INTEGER) IN (SELECT suppression_id FROM suppression)
  AND (
    operation.run_id IS NOT NULL
    OR EXISTS (
      SELECT 1
      FROM history AS added
      WHERE added.operation_id = history.operation_id
        AND added.suppression_id IS NOT NULL
    )
  );
CREATE TRIGGER history_is_not_rewritten BEFORE UPDATE ON history
BEGIN
  SELECT raise(ABORT, 'history is append-only');
END;

DROP VIEW change;
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
  history.why,
  history.by_suppression_id
FROM history
JOIN operation USING (operation_id)
LEFT JOIN finding ON finding.finding_id = history.finding_id
LEFT JOIN suppression ON suppression.suppression_id = history.suppression_id
LEFT JOIN rule ON rule.rule_id = coalesce(history.rule_id, finding.rule_id, suppression.rule_id)
LEFT JOIN device ON device.device_id = coalesce(history.device_id, finding.device_id, suppression.device_id);
