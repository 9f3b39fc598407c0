echo a >a
mkdir d
echo b >d/b
