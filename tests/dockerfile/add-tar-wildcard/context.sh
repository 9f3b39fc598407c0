mkdir t; echo a >t/a; echo b >t/b; tar --owner=0 --group=0 -C t -cf 1.tar a; tar --owner=0 --group=0 -C t -cf 2.tar b; rm -r t
