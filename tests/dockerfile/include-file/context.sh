cat >parts <<END
ENV A=1
RUN echo "\$A" >/x
END
