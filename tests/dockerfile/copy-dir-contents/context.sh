mkdir -p d/sub d/empty
echo 1 >d/1
echo 2 >d/sub/2
ln -s 1 d/link
ln -s /nowhere d/dangling
touch d/.hidden
