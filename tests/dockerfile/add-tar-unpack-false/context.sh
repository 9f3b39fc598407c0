mkdir t; echo a >t/a; tar --owner=0 --group=0 --mtime=@0 -C t -cf x.tar a; rm -r t
