echo a >a; ln -s a to-a; mkdir d; echo b >d/b; ln -s d to-d; ln -s to-d to-to-d
