#!/usr/bin/env python3
"""Asks a hub for buckets or rows and prints them as CSV. Needs Debian's python3-grpcio and python3-protobuf, and ./stubs run once."""
import argparse, csv, datetime, math, os, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stemlab_api"))
import grpc  # noqa: E402
from stemlab.v1 import catalog_service_pb2, catalog_service_pb2_grpc, reading_service_pb2, reading_service_pb2_grpc  # noqa: E402


def utc(us):
    return (datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(microseconds=us)).isoformat()


def rows(answer, names):
    for block in answer.buckets:
        for i, index in enumerate(block.index):
            yield [names[block.channel_ref], utc(block.start_time_us + index * block.width_us), block.count[i], block.min[i], block.max[i], block.mean[i]]
    for block in answer.blocks:
        at = block.base_time_us
        for i, delta in enumerate(block.delta_time_us):
            at += delta
            value = block.value[i]
            yield [names[block.channel_ref], utc(at), "" if math.isnan(value) else repr(value), block.flag[i if len(block.flag) > 1 else 0]]


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--hub", default="127.0.0.1:5081", help="gRPC address")
    args.add_argument("--hours", type=float, default=24, help="how far back; 0 = everything")
    args.add_argument("--buckets", type=int, default=24, help="at most so many per channel; 0 = raw rows")
    args.add_argument("channels", nargs="*", help="parts of display names; none = all")
    args = args.parse_args()
    with grpc.insecure_channel(args.hub) as channel:
        catalog = catalog_service_pb2_grpc.CatalogServiceStub(channel)
        known = catalog.ListChannels(catalog_service_pb2.ListChannelsRequest(), timeout=10).channels
        wanted = {c.name: c.display_name for c in known if not args.channels or any(part.lower() in c.display_name.lower() for part in args.channels)}
        if not wanted:
            sys.exit("no channel of that name; there are: " + ", ".join(sorted(c.display_name for c in known)))
        start = 0 if args.hours == 0 else int((time.time() - args.hours * 3600) * 1e6)
        request = reading_service_pb2.QueryReadingsRequest(channels=wanted, start_time_us=start, max_buckets=args.buckets)
        out = csv.writer(sys.stdout)
        out.writerow(["channel", "utc", "count", "min", "max", "mean"] if args.buckets else ["channel", "utc", "value", "flag"])
        names = {}
        for answer in reading_service_pb2_grpc.ReadingServiceStub(channel).QueryReadings(request):
            names.update({ref: wanted[name] for ref, name in answer.channel_names.items()})
            out.writerows(rows(answer, names))


if __name__ == "__main__":
    main()
