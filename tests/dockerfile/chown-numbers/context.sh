mkdir -p d/s; echo a >d/a; ln -s a d/l
