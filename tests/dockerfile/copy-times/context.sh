mkdir -p d/sub; echo a >a; echo b >d/sub/b; ln -s a d/l
touch -d @1000 a d/sub/b
touch -h -d @2000 d/l
touch -d @3000 d/sub d
