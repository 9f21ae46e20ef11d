"""Makes hourly.csv: three quantities that nobody measured, with a daily rhythm, a weekend and moods of their own."""
import datetime
import math
import random

random.seed(1)
hours, start = 60 * 24, datetime.datetime(2024, 1, 1)
shapes = {"load": (6.0, 19, 2.0), "wind": (3.0, 15, 0.5), "temperature": (4.0, 16, 0.0)}  # swing, peak hour, weekend
moods = dict.fromkeys(shapes, 0.0)

print("date," + ",".join(shapes))
for hour in range(hours):
    time = start + datetime.timedelta(hours=hour)
    row = []
    for name, (swing, peak, weekend) in shapes.items():
        moods[name] = 0.97 * moods[name] + random.gauss(0, 0.25)
        rhythm = math.cos((time.hour - peak) / 24 * 2 * math.pi)
        rest = weekend if time.weekday() >= 5 else 0
        row.append(12 + swing * rhythm - rest + moods[name] + random.gauss(0, 0.5))
    print(f"{time:%Y-%m-%d %H:%M:%S}," + ",".join(f"{value:.2f}" for value in row))
