mkdir -p a/b/c d; echo 1 >a/1.txt; echo 2 >a/b/c/2.txt; echo 3 >d/3.md; echo 4 >4.txt
