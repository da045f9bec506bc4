"""Reads a version's CSV bundle and NetCDF files with pandas, netCDF4 and xarray, and says what it found. Fails where the two differ.
Usage: equal.py FOLDER STEM"""
import json, sys, zipfile, glob, hashlib
import numpy as np
import pandas as pd
import xarray as xr
from netCDF4 import Dataset

folder, stem = sys.argv[1:3]
bundle = zipfile.ZipFile(f"{folder}/{stem}-csv.zip")
package = json.loads(bundle.read("datapackage.json"))
resource = package["resources"][0]
data = bundle.read("data.csv")
assert hashlib.sha256(data).hexdigest() == resource["hash"].split(":")[1] and len(data) == resource["bytes"], "data.csv is not what datapackage.json says"
csv = pd.read_csv(bundle.open("data.csv"), low_memory=False, float_precision="round_trip")
assert list(csv.columns) == [field["name"] for field in resource["schema"]["fields"]], "columns differ from the schema"
csv["time"] = pd.to_datetime(csv["time"]).dt.tz_localize(None)
rows = 0
for path in sorted(glob.glob(f"{folder}/{stem}-*.nc")):
    with xr.open_dataset(path) as nc:
        name = next(v for v in nc.data_vars if f"{v}_qc" in nc.data_vars)
        part = csv[(csv["property"] == name) & csv["time"].notna()]
        assert nc.sizes["obs"] == len(part) == int(nc["row_size"].sum()), f"{path}: {nc.sizes['obs']} rows, CSV has {len(part)}"
        assert np.array_equal(nc[name].values, part["value"].values.astype(float), equal_nan=True), f"{path}: values differ"
        assert np.array_equal(nc[f"{name}_raw"].values, part["raw"].values.astype(float), equal_nan=True), f"{path}: raw values differ"
        assert np.array_equal(nc[f"{name}_uncertainty"].values, part["uncertainty"].values.astype(float), equal_nan=True), f"{path}: uncertainties differ"
        assert np.array_equal(nc[f"{name}_qc"].values, part["flag"].values), f"{path}: flags differ"
        times = nc["time"].values.astype("datetime64[us]").astype(np.int64)
        assert np.max(np.abs(times - part["time"].values.astype("datetime64[us]").astype(np.int64)), initial=0) <= 1, f"{path}: times differ"
        rows += len(part)
    with Dataset(path) as nc:
        assert "CF-1.8" in nc.Conventions and nc.featureType in ("timeSeries", "trajectory")
        assert nc[name].ancillary_variables and nc["time"].units.startswith("seconds since 1970")
print(json.dumps({"rows": int(len(csv)), "netcdf": rows, "flags": {str(k): int(v) for k, v in csv["flag"].value_counts().items()}, "sum": float(csv["value"].sum())}))
