mkdir d; echo a >d/a; echo b >d/b
