mkdir d
echo b >d/b
chmod 700 .
