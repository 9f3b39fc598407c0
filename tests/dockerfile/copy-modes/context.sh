for m in 4755 2755 1644 600 777; do echo $m >f$m; chmod $m f$m; done
mkdir -m 3777 dir
touch dir/x
