mkdir -p t/l; echo a >t/l/a; tar --owner=0 --group=0 -C t -cf 1.tar l/a; rm -r t
