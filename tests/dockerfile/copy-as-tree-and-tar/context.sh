mkdir -p d/s; echo a >d/a; echo b >d/s/b; ln d/a d/h; ln -s a d/l; chmod 2711 d/s; touch -d @1000 d/a d/s/b; touch -d @2000 d/s
