mkdir -p t/d; echo a >t/d/a; tar --owner=99 --group=98 --numeric-owner -C t -cf 1.tar d/a; rm -r t
