echo a >a; setfattr -n user.test -v value a
mkdir d; setfattr -n user.dir -v v d; mkdir d/s; setfattr -n user.sub -v v d/s
