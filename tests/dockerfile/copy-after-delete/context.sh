mkdir -p d/s; echo a >d/s/a
