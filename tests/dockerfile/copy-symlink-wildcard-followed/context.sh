echo a >a; ln -s a l1; mkdir d; echo b >d/b; ln -s d l2
