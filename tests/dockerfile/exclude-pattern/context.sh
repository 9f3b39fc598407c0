echo a >a.txt; echo b >b.md; mkdir -p d/s; echo c >d/c.txt; echo e >d/s/e.txt; echo f >d/f.md
