mkdir -p d1/s d2
echo 1 >d1/1; echo 2 >d2/2; echo s >d1/s/3
