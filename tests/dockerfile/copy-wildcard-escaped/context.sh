echo 1 >'a*'; echo 2 >ab; echo 3 >'[x]'; echo 4 >x
