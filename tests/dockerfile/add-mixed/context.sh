mkdir -p t d; echo a >t/a; tar --owner=0 --group=0 -C t -cf 1.tar a; rm -r t; echo f >f; echo g >d/g
