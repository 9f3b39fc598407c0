echo 1 >a1; echo 2 >a2; echo b >b1; echo h >.hid; mkdir d; echo x >d/a3
