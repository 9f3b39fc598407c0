mkdir -p t; echo a >t/a; tar --owner=0 --group=0 -C t -cf 1.tar a; rm -r t
