mkdir -p a/b/c
echo h >h.txt; echo g >a/g.txt; echo f >a/b/c/f.txt
