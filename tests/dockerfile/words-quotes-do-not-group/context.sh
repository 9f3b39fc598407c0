echo b >b.txt
echo c >c
