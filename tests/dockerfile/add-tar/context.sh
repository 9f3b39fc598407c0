mkdir -p t/d; echo a >t/d/a; chmod 640 t/d/a; ln -s a t/d/l; ln t/d/a t/d/h; touch -d @1000 t/d/a
tar --owner=99 --group=98 --numeric-owner --sort=name -C t -cf x.tar d; rm -r t
