mkdir -p t d; echo a >t/a; tar --owner=0 --group=0 --mtime=@0 -C t -cf d/1.tar a; rm -r t
