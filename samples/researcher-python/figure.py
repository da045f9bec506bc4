#!/usr/bin/env python3
"""Reads a frozen version of the Cat Point series from every format and from gRPC, checks that all say the same, and draws the same figure from each.

A notebook in the form of a script: editors that know "# %%" run it cell by cell. Needs Debian's python3-pandas, python3-xarray, python3-netcdf4 and python3-matplotlib;
for gRPC what query.py needs; for Parquet the module duckdb or pyarrow, which Debian has not: without either that part says so and is left out.
"""
# %% What to read
import argparse, glob, json, os, sys, zipfile
import matplotlib
matplotlib.use("Agg")
import matplotlib.dates as dates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xarray as xr

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("folder", help="where stemlab export put the files")
args.add_argument("stem", help="how their names begin: cat-v1")
args.add_argument("--hub", help="gRPC address, like 127.0.0.1:5081; none = files only")
args.add_argument("--out", default=".", help="folder for the figures")
args.add_argument("--first", default="2012-02-01", help="first day of the figure, UTC")
args.add_argument("--days", type=int, default=10)
args = args.parse_args()
PROPERTIES = {"water_temperature": "Water temperature, °C", "dissolved_oxygen": "Dissolved oxygen, mg/L", "practical_salinity": "Salinity (PSS-78)"}
GOOD = [1, 2]  # QARTOD: good, not evaluated


# %% One table, whatever it was read from: a row a reading, index = UTC, columns property, value, flag
def tidy(time, prop, value, flag):
    table = pd.DataFrame({"property": np.asarray(prop, dtype=object), "value": np.asarray(value, dtype=float), "flag": np.asarray(flag, dtype=int)}, index=pd.DatetimeIndex(time).tz_localize(None).round("us").rename("time"))
    table = table[table["property"].isin(list(PROPERTIES))]
    return table.iloc[np.lexsort((table.index, table["property"].astype(str)))]


def from_csv():
    with zipfile.ZipFile(f"{args.folder}/{args.stem}-csv.zip") as bundle:
        package = json.loads(bundle.read("datapackage.json"))
        rows = pd.read_csv(bundle.open("data.csv"), low_memory=False, float_precision="round_trip")
    print(f"{package['title']}, version {package['version']}, {package['licenses'][0]['name']}")
    print(f"cite as: {package['stemlab']['citation']}")
    rows = rows[rows["time"].notna()]
    return tidy(pd.to_datetime(rows["time"], utc=True), rows["property"], rows["value"], rows["flag"])


def from_netcdf():
    parts = []
    for path in sorted(glob.glob(f"{args.folder}/{args.stem}-*.nc")):
        with xr.open_dataset(path) as file:
            name = next(variable for variable in file.data_vars if f"{variable}_qc" in file.data_vars)
            parts.append(tidy(pd.to_datetime(file["time"].values), np.repeat(name, file.sizes["obs"]), file[name].values, file[f"{name}_qc"].values))
    return tidy(*(np.concatenate([getattr(part, what) if what == "index" else part[what] for part in parts]) for what in ("index", "property", "value", "flag")))


def from_parquet():
    path = f"{args.folder}/{args.stem}.parquet"
    try:
        import duckdb
        rows = duckdb.sql(f"SELECT epoch_us(time) AS us, property, value, flag FROM '{path}' WHERE time IS NOT NULL").df()
        time = pd.to_datetime(rows["us"], unit="us", utc=True)
    except ImportError:
        import pyarrow.parquet
        rows = pyarrow.parquet.read_table(path, columns=["time", "property", "value", "flag"]).to_pandas()
        rows = rows[rows["time"].notna()]
        time = rows["time"]
    return tidy(time, rows["property"], rows["value"], rows["flag"])


def from_grpc():
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stemlab_api"))
    import grpc
    from stemlab.v1 import catalog_service_pb2, catalog_service_pb2_grpc, dataset_service_pb2, dataset_service_pb2_grpc, reading_service_pb2, reading_service_pb2_grpc
    slug, number = args.stem.rsplit("-v", 1)
    with grpc.insecure_channel(args.hub) as channel:
        version = dataset_service_pb2_grpc.DatasetServiceStub(channel).GetDatasetVersion(dataset_service_pb2.GetDatasetVersionRequest(name=f"datasets/{slug}/versions/{number}"), timeout=30).version
        wanted = {one.name: one.observed_property for one in version.channels}
        names, parts = {}, []
        request = reading_service_pb2.QueryReadingsRequest(channels=wanted, as_of_revision=version.revision)
        for answer in reading_service_pb2_grpc.ReadingServiceStub(channel).QueryReadings(request):
            names.update({ref: wanted[name] for ref, name in answer.channel_names.items()})
            for block in answer.blocks:
                us = block.base_time_us + np.cumsum(np.array(block.delta_time_us, dtype=np.int64))
                flag = np.array(block.flag, dtype=int)
                parts.append(tidy(pd.to_datetime(us, unit="us"), np.repeat(names[block.channel_ref], len(us)), np.array(block.value), flag if len(flag) == len(us) else np.repeat(flag[0], len(us))))
    table = pd.concat(parts)
    return tidy(table.index, table["property"], table["value"], table["flag"])


# %% The figure: hourly means of good readings
def draw(table, path):
    first = pd.Timestamp(args.first)
    shown = table[(table.index >= first) & (table.index < first + pd.Timedelta(days=args.days)) & table["flag"].isin(GOOD)]
    figure, axes = plt.subplots(len(PROPERTIES), 1, sharex=True, figsize=(9, 7), constrained_layout=True)
    for axis, (prop, title) in zip(axes, PROPERTIES.items()):
        hourly = shown.loc[shown["property"] == prop, "value"].resample("1h").mean()
        axis.plot(hourly.index, hourly.values, color="#0b6e99", linewidth=1.4)
        axis.set_ylabel(title)
        axis.grid(alpha=0.3)
    axes[0].set_title(f"Cat Point, Apalachicola Bay: hourly means of good readings (NOAA NERR)")
    axes[-1].xaxis.set_major_formatter(dates.DateFormatter("%d %b"))
    axes[-1].set_xlabel("UTC")
    figure.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(figure)


# %% Read, compare, draw
sources = {"csv": from_csv, "netcdf": from_netcdf, "parquet": from_parquet}
if args.hub:
    sources["grpc"] = from_grpc
os.makedirs(args.out, exist_ok=True)
reference, picture = None, None
for source, read in sources.items():
    try:
        table = read()
    except ImportError as missing:
        print(f"{source}: left out, {missing}")
        continue
    path = os.path.join(args.out, f"{args.stem}-{source}.png")
    draw(table, path)
    with open(path, "rb") as file:
        drawn = file.read()
    if reference is None:
        reference, picture = table, drawn
    pd.testing.assert_frame_equal(reference, table, check_exact=True, check_freq=False, obj=source)
    assert drawn == picture, f"the figure from {source} is another one"
    print(f"{source}: {len(table)} readings, the same; {path}")
