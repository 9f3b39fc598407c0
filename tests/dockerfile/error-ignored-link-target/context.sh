echo 1 >a; ln -s a l
echo a >.dockerignore
