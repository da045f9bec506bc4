-- Questions to a frozen version with DuckDB: duckdb -cmd "SET VARIABLE stem = 'cat-v1'" < queries.sql, in the folder of the files. Times have their zone.
-- 1. What is in it?
SELECT station, property, unit, count(*) AS readings, min(time) AS first, max(time) AS last FROM read_parquet(getvariable('stem') || '.parquet') GROUP BY ALL ORDER BY ALL;
-- 2. Daily mean of what is good, with how much was left out.
SELECT property, time_bucket(INTERVAL '1 day', time) AS day, avg(value) FILTER (flag IN (1, 2)) AS mean, count(*) FILTER (flag NOT IN (1, 2)) AS left_out
FROM read_parquet(getvariable('stem') || '.parquet') GROUP BY ALL ORDER BY ALL LIMIT 20;
-- 3. Which probe, calibration and clock stand behind which readings?
SELECT r.property, s.probe_model, s.probe_serial, s.calibration, s.time_source, count(*) AS readings
FROM read_parquet(getvariable('stem') || '.parquet') r JOIN read_parquet(getvariable('stem') || '-stretches.parquet') s USING (stretch) GROUP BY ALL ORDER BY ALL;
-- 4. The description it carries, and the hash to compare with the citation.
SELECT decode(key) AS what, decode(value) AS says FROM parquet_kv_metadata(getvariable('stem') || '.parquet') WHERE decode(key) IN ('citation', 'licence', 'rows_sha256');
