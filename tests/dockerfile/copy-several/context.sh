echo a >a
echo b >b
mkdir -p d
echo c >d/c
