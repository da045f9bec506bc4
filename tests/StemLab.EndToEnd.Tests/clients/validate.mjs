// Reads a version's CSV bundle with npm datapackage and its Parquet with hyparquet, row by row against each other, and asks ucum-lhc about every unit. Usage: validate.mjs FOLDER STEM
import fs from 'node:fs';
import path from 'node:path';
import datapackage from 'datapackage';
import ucum from '@lhncbc/ucum-lhc';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const [folder, stem] = process.argv.slice(2);
const fail = (text) => { console.error(text); process.exit(1); };
const bundle = path.join(folder, 'bundle');
const described = JSON.parse(fs.readFileSync(path.join(bundle, 'datapackage.json'), 'utf8'));
const pack = await datapackage.Package.load(described, { basePath: bundle });
if (!pack.valid) fail(pack.errors.map((error) => error.message).join('\n'));
const rows = await pack.resources[0].read({ keyed: true, cast: true });

const buffer = await asyncBufferFromFile(path.join(folder, `${stem}.parquet`));
const columns = await parquetReadObjects({ file: buffer, compressors });
const keys = Object.fromEntries((await parquetMetadataAsync(buffer)).key_value_metadata.map((pair) => [pair.key, pair.value]));
if (columns.length !== rows.length) fail(`hyparquet reads ${columns.length} rows, datapackage ${rows.length}`);
let sum = 0;
rows.forEach((row, i) => {
  const other = columns[i];
  const same = row.value === (other.value ?? null) && row.raw === (other.raw ?? null) && row.flag === other.flag && row.property === other.property && row.station === other.station
    && BigInt(row.t_us) === other.t_us && (row.time?.getTime() ?? null) === (other.time?.getTime() ?? null);
  if (!same) fail(`row ${i} differs: ${JSON.stringify(row)} against ${JSON.stringify(other, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`);
  sum += row.value ?? 0;
});

const utils = ucum.UcumLhcUtils.getInstance();
const units = new Set([...rows.flatMap((row) => [row.unit, row.raw_unit]), ...process.env.UNITS?.split(' ') ?? []].filter(Boolean));
for (const unit of units) {
  const said = utils.validateUnitString(unit);
  if (said.status !== 'valid') fail(`ucum-lhc: ${unit}: ${said.status} ${(said.msg ?? []).join(' ')}`);
}
console.log(JSON.stringify({ rows: rows.length, sum, units: units.size, rowsSha256: keys.rows_sha256, resources: pack.resources.length }));
