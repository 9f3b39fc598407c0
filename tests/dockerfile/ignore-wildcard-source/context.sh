echo 1 >a.txt; echo 2 >b.txt
echo a.txt >.dockerignore
