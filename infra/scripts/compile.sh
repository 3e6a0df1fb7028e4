#!/usr/bin/env bash
# Compile every template and parameters file, with the lint rules of bicepconfig.json as errors.
set -euo pipefail
cd "$(dirname "$0")/.."

az bicep install
for template in main.bicep events.bicep; do
  az bicep build --file "$template" --stdout >/dev/null
done
for parameters in parameters/*.bicepparam; do
  az bicep build-params --file "$parameters" --stdout >/dev/null
done
