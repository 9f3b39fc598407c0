echo b >b.txt
