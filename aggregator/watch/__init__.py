"""Running for years: the daemon's rounds, what it watches, and how it tells people.

```
service ─▶ rounds (readers) ─▶ ingest
      └──▶ watchman ─▶ alarms (vitals, trouble) ─▶ tidings ─▶ outbox ─▶ couriers
monitor, metrics, notify, logs: what others see of it
```

`alarms`, `vitals`, `periods`, `tidings`, `metrics` and `trouble` are pure.
"""
