-- Refused records get a number, and may be corrected and given again. Of what was refused before, the sound cells are not
-- kept: it is shown as it was, each line one record, and is corrected in its file.
ALTER TABLE quarantine ADD COLUMN record BIGINT;
UPDATE quarantine SET record = numbered.record FROM (
    SELECT load_id, line, row_number() OVER (PARTITION BY load_id ORDER BY line NULLS LAST) AS record
    FROM (SELECT DISTINCT load_id, line FROM quarantine) AS lines) AS numbered
WHERE quarantine.load_id = numbered.load_id AND quarantine.line IS NOT DISTINCT FROM numbered.line;
CREATE TABLE quarantine_records (load_id VARCHAR NOT NULL, record BIGINT NOT NULL, fact VARCHAR, source_row BIGINT, line BIGINT,
    source_records INTEGER NOT NULL, cells MAP(VARCHAR, VARCHAR));
INSERT INTO quarantine_records (load_id, record, line, source_records)
SELECT DISTINCT load_id, record, line, 1 FROM quarantine;
CREATE TABLE corrections (load_id VARCHAR NOT NULL, of_load VARCHAR NOT NULL, record BIGINT NOT NULL, left_out BOOLEAN NOT NULL);
