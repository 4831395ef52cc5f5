#!/bin/sh
# Makes or updates Temporal's two databases; safe to repeat. SQL_PASSWORD is in the environment.
set -eu
for name in temporal visibility; do
  database=temporal
  [ "$name" = temporal ] || database=temporal_visibility
  tool="temporal-sql-tool --plugin postgres12 --ep postgresql --port 5432 --user temporal --db $database"
  $tool create
  $tool setup-schema --version 0.0
  $tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$name/versioned"
done
