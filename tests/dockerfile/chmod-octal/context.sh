mkdir -p d/s; echo a >d/a; echo b >d/s/b; ln -s a d/l; chmod 600 d/a
