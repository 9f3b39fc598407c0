mkdir -p d/s; echo a >d/a; echo b >d/s/b
