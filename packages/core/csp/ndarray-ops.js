/** @file Loops of ndarray-ops. Written by `pnpm --filter @spm/core generate`; never edited. */
import { compiledFrom } from "./find.js";
export default {
assign: (function (P) {
return function assign_ndarrayops(a0,a1) {P(a0,a1);return a0}
})((function (compile) {
'use strict'
var CACHED={}
return function assign_cwise_thunk(array0,array1){
if (!(array0.shape.length===array1.shape.length+0)) throw new Error('cwise: Arrays do not all have the same dimensionality!')
for(var shapeIndex=array0.shape.length-0; shapeIndex-->0;) {
if (!(array0.shape[shapeIndex+0]===array1.shape[shapeIndex+0])) throw new Error('cwise: Arrays do not all have the same shape!')
}
var t0=array0.dtype,r0=array0.order,t1=array1.dtype,r1=array1.order,type=[t0,r0.join(),t1,r1.join()].join(),proc=CACHED[type]
if(!proc){CACHED[type]=proc=compile([t0,r0,t1,r1])}return proc(array0.shape.slice(0),array0.data,array0.stride,array0.offset|0,array1.data,array1.stride,array1.offset|0)}
})(compiledFrom([(function () {
function assign_cwise_loop_m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
p0|=0
p1|=0
a0[p0]=a1[p1]} return assign_cwise_loop_m0a
})(),
(function () {
function assign_cwise_loop_0m1a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],t0p0=t0[0],t1p0=t1[0]
p0|=0
p1|=0
var i0=0,d0s0=t0p0,d1s0=t1p0
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}} return assign_cwise_loop_0m1a
})(),
(function () {
function assign_cwise_loop_0s1m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],t0p0=t0[0],t0p1=t0[1],t1p0=t1[0],t1p1=t1[1]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
p0=(offset0+j0*t0p0+j1*t0p1)
p1=(offset1+j0*t1p0+j1*t1p1)
var i0=0,i1=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d1s0=t1p0,d1s1=(t1p1-s0*t1p0)
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
}
}} return assign_cwise_loop_0s1m0a
})(),
(function () {
function assign_cwise_loop_0s1s2m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2)
var i0=0,i1=0,i2=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1)
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
}
}
}} return assign_cwise_loop_0s1s2m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3)
var i0=0,i1=0,i2=0,i3=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2)
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
}
}
}
}} return assign_cwise_loop_0s1s2s3m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4)
var i0=0,i1=0,i2=0,i3=0,i4=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3)
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4)
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5s6m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5)
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5s6m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5s6s7m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6)
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
}
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5s6s7m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5s6s7s8m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7)
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
}
}
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5s6s7s8m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8)
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
p0+=d0s9
p1+=d1s9
}
}
}
}
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9)
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
p0+=d0s9
p1+=d1s9
}
p0+=d0s10
p1+=d1s10
}
}
}
}
}
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a
})(),
(function () {
function assign_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],s11=SS[11],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t0p11=t0[11],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t1p11=t1[11]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
for(var j11=SS[11]|0;j11>0;){
if(j11<B[11]){
s11=j11
j11=0
}else{s11=B[11]
j11-=B[11]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10+j11*t0p11)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10+j11*t1p11)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,i11=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d0s11=(t0p11-s10*t0p10),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d1s11=(t1p11-s10*t1p10)
for(i11=0;i11<s11;++i11){
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
p0+=d0s9
p1+=d1s9
}
p0+=d0s10
p1+=d1s10
}
p0+=d0s11
p1+=d1s11
}
}
}
}
}
}
}
}
}
}
}
}
}} return assign_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a
})()]))),
addeq: (function (P) {
return function addeq_ndarrayops(a0,a1) {P(a0,a1);return a0}
})((function (compile) {
'use strict'
var CACHED={}
return function addeq_cwise_thunk(array0,array1){
if (!(array0.shape.length===array1.shape.length+0)) throw new Error('cwise: Arrays do not all have the same dimensionality!')
for(var shapeIndex=array0.shape.length-0; shapeIndex-->0;) {
if (!(array0.shape[shapeIndex+0]===array1.shape[shapeIndex+0])) throw new Error('cwise: Arrays do not all have the same shape!')
}
var t0=array0.dtype,r0=array0.order,t1=array1.dtype,r1=array1.order,type=[t0,r0.join(),t1,r1.join()].join(),proc=CACHED[type]
if(!proc){CACHED[type]=proc=compile([t0,r0,t1,r1])}return proc(array0.shape.slice(0),array0.data,array0.stride,array0.offset|0,array1.data,array1.stride,array1.offset|0)}
})(compiledFrom([(function () {
function addeq_cwise_loop_m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
p0|=0
p1|=0
a0[p0]+=a1[p1]} return addeq_cwise_loop_m0a
})(),
(function () {
function addeq_cwise_loop_0m1a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],t0p0=t0[0],t1p0=t1[0]
p0|=0
p1|=0
var i0=0,d0s0=t0p0,d1s0=t1p0
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}} return addeq_cwise_loop_0m1a
})(),
(function () {
function addeq_cwise_loop_0s1m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],t0p0=t0[0],t0p1=t0[1],t1p0=t1[0],t1p1=t1[1]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
p0=(offset0+j0*t0p0+j1*t0p1)
p1=(offset1+j0*t1p0+j1*t1p1)
var i0=0,i1=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d1s0=t1p0,d1s1=(t1p1-s0*t1p0)
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
}
}} return addeq_cwise_loop_0s1m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2)
var i0=0,i1=0,i2=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1)
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
}
}
}} return addeq_cwise_loop_0s1s2m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3)
var i0=0,i1=0,i2=0,i3=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2)
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4)
var i0=0,i1=0,i2=0,i3=0,i4=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3)
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4)
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5s6m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5)
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5s6m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5s6s7m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6)
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
}
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5s6s7m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5s6s7s8m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7)
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
}
}
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5s6s7s8m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8)
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
p0+=d0s9
p1+=d1s9
}
}
}
}
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9)
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
p0+=d0s9
p1+=d1s9
}
p0+=d0s10
p1+=d1s10
}
}
}
}
}
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a
})(),
(function () {
function addeq_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a(SS,B,a0,t0,p0,a1,t1,p1){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],s11=SS[11],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t0p11=t0[11],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t1p11=t1[11]
p0|=0
p1|=0
var offset0=p0
var offset1=p1
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
for(var j11=SS[11]|0;j11>0;){
if(j11<B[11]){
s11=j11
j11=0
}else{s11=B[11]
j11-=B[11]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10+j11*t0p11)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10+j11*t1p11)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,i11=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d0s11=(t0p11-s10*t0p10),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d1s11=(t1p11-s10*t1p10)
for(i11=0;i11<s11;++i11){
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]+=a1[p1]
p0+=d0s0
p1+=d1s0
}
p0+=d0s1
p1+=d1s1
}
p0+=d0s2
p1+=d1s2
}
p0+=d0s3
p1+=d1s3
}
p0+=d0s4
p1+=d1s4
}
p0+=d0s5
p1+=d1s5
}
p0+=d0s6
p1+=d1s6
}
p0+=d0s7
p1+=d1s7
}
p0+=d0s8
p1+=d1s8
}
p0+=d0s9
p1+=d1s9
}
p0+=d0s10
p1+=d1s10
}
p0+=d0s11
p1+=d1s11
}
}
}
}
}
}
}
}
}
}
}
}
}} return addeq_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a
})()]))),
add: (function (P) {
return function add_ndarrayops(a0,a1,a2) {P(a0,a1,a2);return a0}
})((function (compile) {
'use strict'
var CACHED={}
return function add_cwise_thunk(array0,array1,array2){
if (!(array0.shape.length===array1.shape.length+0 && array0.shape.length===array2.shape.length+0)) throw new Error('cwise: Arrays do not all have the same dimensionality!')
for(var shapeIndex=array0.shape.length-0; shapeIndex-->0;) {
if (!(array0.shape[shapeIndex+0]===array1.shape[shapeIndex+0] && array0.shape[shapeIndex+0]===array2.shape[shapeIndex+0])) throw new Error('cwise: Arrays do not all have the same shape!')
}
var t0=array0.dtype,r0=array0.order,t1=array1.dtype,r1=array1.order,t2=array2.dtype,r2=array2.order,type=[t0,r0.join(),t1,r1.join(),t2,r2.join()].join(),proc=CACHED[type]
if(!proc){CACHED[type]=proc=compile([t0,r0,t1,r1,t2,r2])}return proc(array0.shape.slice(0),array0.data,array0.stride,array0.offset|0,array1.data,array1.stride,array1.offset|0,array2.data,array2.stride,array2.offset|0)}
})(compiledFrom([(function () {
function add_cwise_loop_m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
p0|=0
p1|=0
p2|=0
a0[p0]=a1[p1]+a2[p2]} return add_cwise_loop_m0a
})(),
(function () {
function add_cwise_loop_0m1a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],t0p0=t0[0],t1p0=t1[0],t2p0=t2[0]
p0|=0
p1|=0
p2|=0
var i0=0,d0s0=t0p0,d1s0=t1p0,d2s0=t2p0
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}} return add_cwise_loop_0m1a
})(),
(function () {
function add_cwise_loop_0s1m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],t0p0=t0[0],t0p1=t0[1],t1p0=t1[0],t1p1=t1[1],t2p0=t2[0],t2p1=t2[1]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
p0=(offset0+j0*t0p0+j1*t0p1)
p1=(offset1+j0*t1p0+j1*t1p1)
p2=(offset2+j0*t2p0+j1*t2p1)
var i0=0,i1=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d2s0=t2p0,d2s1=(t2p1-s0*t2p0)
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
}
}} return add_cwise_loop_0s1m0a
})(),
(function () {
function add_cwise_loop_0s1s2m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2)
var i0=0,i1=0,i2=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1)
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
}
}
}} return add_cwise_loop_0s1s2m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3)
var i0=0,i1=0,i2=0,i3=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2)
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
}
}
}
}} return add_cwise_loop_0s1s2s3m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4)
var i0=0,i1=0,i2=0,i3=0,i4=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3)
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4)
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5s6m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5)
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5s6m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5s6s7m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6)
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
}
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5s6s7m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5s6s7s8m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7)
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
}
}
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5s6s7s8m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8)
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
}
}
}
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9)
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
}
}
}
}
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a
})(),
(function () {
function add_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],s11=SS[11],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t0p11=t0[11],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t1p11=t1[11],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10],t2p11=t2[11]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
for(var j11=SS[11]|0;j11>0;){
if(j11<B[11]){
s11=j11
j11=0
}else{s11=B[11]
j11-=B[11]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10+j11*t0p11)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10+j11*t1p11)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10+j11*t2p11)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,i11=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d0s11=(t0p11-s10*t0p10),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d1s11=(t1p11-s10*t1p10),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9),d2s11=(t2p11-s10*t2p10)
for(i11=0;i11<s11;++i11){
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]+a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
p0+=d0s11
p1+=d1s11
p2+=d2s11
}
}
}
}
}
}
}
}
}
}
}
}
}} return add_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a
})()]))),
sub: (function (P) {
return function sub_ndarrayops(a0,a1,a2) {P(a0,a1,a2);return a0}
})((function (compile) {
'use strict'
var CACHED={}
return function sub_cwise_thunk(array0,array1,array2){
if (!(array0.shape.length===array1.shape.length+0 && array0.shape.length===array2.shape.length+0)) throw new Error('cwise: Arrays do not all have the same dimensionality!')
for(var shapeIndex=array0.shape.length-0; shapeIndex-->0;) {
if (!(array0.shape[shapeIndex+0]===array1.shape[shapeIndex+0] && array0.shape[shapeIndex+0]===array2.shape[shapeIndex+0])) throw new Error('cwise: Arrays do not all have the same shape!')
}
var t0=array0.dtype,r0=array0.order,t1=array1.dtype,r1=array1.order,t2=array2.dtype,r2=array2.order,type=[t0,r0.join(),t1,r1.join(),t2,r2.join()].join(),proc=CACHED[type]
if(!proc){CACHED[type]=proc=compile([t0,r0,t1,r1,t2,r2])}return proc(array0.shape.slice(0),array0.data,array0.stride,array0.offset|0,array1.data,array1.stride,array1.offset|0,array2.data,array2.stride,array2.offset|0)}
})(compiledFrom([(function () {
function sub_cwise_loop_m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
p0|=0
p1|=0
p2|=0
a0[p0]=a1[p1]-a2[p2]} return sub_cwise_loop_m0a
})(),
(function () {
function sub_cwise_loop_0m1a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],t0p0=t0[0],t1p0=t1[0],t2p0=t2[0]
p0|=0
p1|=0
p2|=0
var i0=0,d0s0=t0p0,d1s0=t1p0,d2s0=t2p0
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}} return sub_cwise_loop_0m1a
})(),
(function () {
function sub_cwise_loop_0s1m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],t0p0=t0[0],t0p1=t0[1],t1p0=t1[0],t1p1=t1[1],t2p0=t2[0],t2p1=t2[1]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
p0=(offset0+j0*t0p0+j1*t0p1)
p1=(offset1+j0*t1p0+j1*t1p1)
p2=(offset2+j0*t2p0+j1*t2p1)
var i0=0,i1=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d2s0=t2p0,d2s1=(t2p1-s0*t2p0)
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
}
}} return sub_cwise_loop_0s1m0a
})(),
(function () {
function sub_cwise_loop_0s1s2m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2)
var i0=0,i1=0,i2=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1)
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
}
}
}} return sub_cwise_loop_0s1s2m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3)
var i0=0,i1=0,i2=0,i3=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2)
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
}
}
}
}} return sub_cwise_loop_0s1s2s3m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4)
var i0=0,i1=0,i2=0,i3=0,i4=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3)
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4)
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5s6m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5)
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5s6m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5s6s7m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6)
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
}
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5s6s7m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5s6s7s8m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7)
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
}
}
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5s6s7s8m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8)
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
}
}
}
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9)
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
}
}
}
}
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a
})(),
(function () {
function sub_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],s11=SS[11],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t0p11=t0[11],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t1p11=t1[11],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10],t2p11=t2[11]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
for(var j11=SS[11]|0;j11>0;){
if(j11<B[11]){
s11=j11
j11=0
}else{s11=B[11]
j11-=B[11]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10+j11*t0p11)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10+j11*t1p11)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10+j11*t2p11)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,i11=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d0s11=(t0p11-s10*t0p10),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d1s11=(t1p11-s10*t1p10),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9),d2s11=(t2p11-s10*t2p10)
for(i11=0;i11<s11;++i11){
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]-a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
p0+=d0s11
p1+=d1s11
p2+=d2s11
}
}
}
}
}
}
}
}
}
}
}
}
}} return sub_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a
})()]))),
mul: (function (P) {
return function mul_ndarrayops(a0,a1,a2) {P(a0,a1,a2);return a0}
})((function (compile) {
'use strict'
var CACHED={}
return function mul_cwise_thunk(array0,array1,array2){
if (!(array0.shape.length===array1.shape.length+0 && array0.shape.length===array2.shape.length+0)) throw new Error('cwise: Arrays do not all have the same dimensionality!')
for(var shapeIndex=array0.shape.length-0; shapeIndex-->0;) {
if (!(array0.shape[shapeIndex+0]===array1.shape[shapeIndex+0] && array0.shape[shapeIndex+0]===array2.shape[shapeIndex+0])) throw new Error('cwise: Arrays do not all have the same shape!')
}
var t0=array0.dtype,r0=array0.order,t1=array1.dtype,r1=array1.order,t2=array2.dtype,r2=array2.order,type=[t0,r0.join(),t1,r1.join(),t2,r2.join()].join(),proc=CACHED[type]
if(!proc){CACHED[type]=proc=compile([t0,r0,t1,r1,t2,r2])}return proc(array0.shape.slice(0),array0.data,array0.stride,array0.offset|0,array1.data,array1.stride,array1.offset|0,array2.data,array2.stride,array2.offset|0)}
})(compiledFrom([(function () {
function mul_cwise_loop_m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
p0|=0
p1|=0
p2|=0
a0[p0]=a1[p1]*a2[p2]} return mul_cwise_loop_m0a
})(),
(function () {
function mul_cwise_loop_0m1a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],t0p0=t0[0],t1p0=t1[0],t2p0=t2[0]
p0|=0
p1|=0
p2|=0
var i0=0,d0s0=t0p0,d1s0=t1p0,d2s0=t2p0
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}} return mul_cwise_loop_0m1a
})(),
(function () {
function mul_cwise_loop_0s1m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],t0p0=t0[0],t0p1=t0[1],t1p0=t1[0],t1p1=t1[1],t2p0=t2[0],t2p1=t2[1]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
p0=(offset0+j0*t0p0+j1*t0p1)
p1=(offset1+j0*t1p0+j1*t1p1)
p2=(offset2+j0*t2p0+j1*t2p1)
var i0=0,i1=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d2s0=t2p0,d2s1=(t2p1-s0*t2p0)
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
}
}} return mul_cwise_loop_0s1m0a
})(),
(function () {
function mul_cwise_loop_0s1s2m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2)
var i0=0,i1=0,i2=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1)
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
}
}
}} return mul_cwise_loop_0s1s2m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3)
var i0=0,i1=0,i2=0,i3=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2)
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
}
}
}
}} return mul_cwise_loop_0s1s2s3m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4)
var i0=0,i1=0,i2=0,i3=0,i4=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3)
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4)
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5s6m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5)
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5s6m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5s6s7m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6)
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
}
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5s6s7m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5s6s7s8m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7)
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
}
}
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5s6s7s8m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8)
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
}
}
}
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9)
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
}
}
}
}
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a
})(),
(function () {
function mul_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],s11=SS[11],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t0p11=t0[11],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t1p11=t1[11],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10],t2p11=t2[11]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
for(var j11=SS[11]|0;j11>0;){
if(j11<B[11]){
s11=j11
j11=0
}else{s11=B[11]
j11-=B[11]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10+j11*t0p11)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10+j11*t1p11)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10+j11*t2p11)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,i11=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d0s11=(t0p11-s10*t0p10),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d1s11=(t1p11-s10*t1p10),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9),d2s11=(t2p11-s10*t2p10)
for(i11=0;i11<s11;++i11){
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]*a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
p0+=d0s11
p1+=d1s11
p2+=d2s11
}
}
}
}
}
}
}
}
}
}
}
}
}} return mul_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a
})()]))),
div: (function (P) {
return function div_ndarrayops(a0,a1,a2) {P(a0,a1,a2);return a0}
})((function (compile) {
'use strict'
var CACHED={}
return function div_cwise_thunk(array0,array1,array2){
if (!(array0.shape.length===array1.shape.length+0 && array0.shape.length===array2.shape.length+0)) throw new Error('cwise: Arrays do not all have the same dimensionality!')
for(var shapeIndex=array0.shape.length-0; shapeIndex-->0;) {
if (!(array0.shape[shapeIndex+0]===array1.shape[shapeIndex+0] && array0.shape[shapeIndex+0]===array2.shape[shapeIndex+0])) throw new Error('cwise: Arrays do not all have the same shape!')
}
var t0=array0.dtype,r0=array0.order,t1=array1.dtype,r1=array1.order,t2=array2.dtype,r2=array2.order,type=[t0,r0.join(),t1,r1.join(),t2,r2.join()].join(),proc=CACHED[type]
if(!proc){CACHED[type]=proc=compile([t0,r0,t1,r1,t2,r2])}return proc(array0.shape.slice(0),array0.data,array0.stride,array0.offset|0,array1.data,array1.stride,array1.offset|0,array2.data,array2.stride,array2.offset|0)}
})(compiledFrom([(function () {
function div_cwise_loop_m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
p0|=0
p1|=0
p2|=0
a0[p0]=a1[p1]/a2[p2]} return div_cwise_loop_m0a
})(),
(function () {
function div_cwise_loop_0m1a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],t0p0=t0[0],t1p0=t1[0],t2p0=t2[0]
p0|=0
p1|=0
p2|=0
var i0=0,d0s0=t0p0,d1s0=t1p0,d2s0=t2p0
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}} return div_cwise_loop_0m1a
})(),
(function () {
function div_cwise_loop_0s1m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],t0p0=t0[0],t0p1=t0[1],t1p0=t1[0],t1p1=t1[1],t2p0=t2[0],t2p1=t2[1]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
p0=(offset0+j0*t0p0+j1*t0p1)
p1=(offset1+j0*t1p0+j1*t1p1)
p2=(offset2+j0*t2p0+j1*t2p1)
var i0=0,i1=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d2s0=t2p0,d2s1=(t2p1-s0*t2p0)
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
}
}} return div_cwise_loop_0s1m0a
})(),
(function () {
function div_cwise_loop_0s1s2m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2)
var i0=0,i1=0,i2=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1)
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
}
}
}} return div_cwise_loop_0s1s2m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3)
var i0=0,i1=0,i2=0,i3=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2)
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
}
}
}
}} return div_cwise_loop_0s1s2s3m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4)
var i0=0,i1=0,i2=0,i3=0,i4=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3)
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4)
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5s6m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5)
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5s6m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5s6s7m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6)
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
}
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5s6s7m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5s6s7s8m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7)
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
}
}
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5s6s7s8m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8)
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
}
}
}
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5s6s7s8s9m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9)
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
}
}
}
}
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5s6s7s8s9s10m0a
})(),
(function () {
function div_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a(SS,B,a0,t0,p0,a1,t1,p1,a2,t2,p2){'use strict'
var s0=SS[0],s1=SS[1],s2=SS[2],s3=SS[3],s4=SS[4],s5=SS[5],s6=SS[6],s7=SS[7],s8=SS[8],s9=SS[9],s10=SS[10],s11=SS[11],t0p0=t0[0],t0p1=t0[1],t0p2=t0[2],t0p3=t0[3],t0p4=t0[4],t0p5=t0[5],t0p6=t0[6],t0p7=t0[7],t0p8=t0[8],t0p9=t0[9],t0p10=t0[10],t0p11=t0[11],t1p0=t1[0],t1p1=t1[1],t1p2=t1[2],t1p3=t1[3],t1p4=t1[4],t1p5=t1[5],t1p6=t1[6],t1p7=t1[7],t1p8=t1[8],t1p9=t1[9],t1p10=t1[10],t1p11=t1[11],t2p0=t2[0],t2p1=t2[1],t2p2=t2[2],t2p3=t2[3],t2p4=t2[4],t2p5=t2[5],t2p6=t2[6],t2p7=t2[7],t2p8=t2[8],t2p9=t2[9],t2p10=t2[10],t2p11=t2[11]
p0|=0
p1|=0
p2|=0
var offset0=p0
var offset1=p1
var offset2=p2
for(var j0=SS[0]|0;j0>0;){
if(j0<B[0]){
s0=j0
j0=0
}else{s0=B[0]
j0-=B[0]}
for(var j1=SS[1]|0;j1>0;){
if(j1<B[1]){
s1=j1
j1=0
}else{s1=B[1]
j1-=B[1]}
for(var j2=SS[2]|0;j2>0;){
if(j2<B[2]){
s2=j2
j2=0
}else{s2=B[2]
j2-=B[2]}
for(var j3=SS[3]|0;j3>0;){
if(j3<B[3]){
s3=j3
j3=0
}else{s3=B[3]
j3-=B[3]}
for(var j4=SS[4]|0;j4>0;){
if(j4<B[4]){
s4=j4
j4=0
}else{s4=B[4]
j4-=B[4]}
for(var j5=SS[5]|0;j5>0;){
if(j5<B[5]){
s5=j5
j5=0
}else{s5=B[5]
j5-=B[5]}
for(var j6=SS[6]|0;j6>0;){
if(j6<B[6]){
s6=j6
j6=0
}else{s6=B[6]
j6-=B[6]}
for(var j7=SS[7]|0;j7>0;){
if(j7<B[7]){
s7=j7
j7=0
}else{s7=B[7]
j7-=B[7]}
for(var j8=SS[8]|0;j8>0;){
if(j8<B[8]){
s8=j8
j8=0
}else{s8=B[8]
j8-=B[8]}
for(var j9=SS[9]|0;j9>0;){
if(j9<B[9]){
s9=j9
j9=0
}else{s9=B[9]
j9-=B[9]}
for(var j10=SS[10]|0;j10>0;){
if(j10<B[10]){
s10=j10
j10=0
}else{s10=B[10]
j10-=B[10]}
for(var j11=SS[11]|0;j11>0;){
if(j11<B[11]){
s11=j11
j11=0
}else{s11=B[11]
j11-=B[11]}
p0=(offset0+j0*t0p0+j1*t0p1+j2*t0p2+j3*t0p3+j4*t0p4+j5*t0p5+j6*t0p6+j7*t0p7+j8*t0p8+j9*t0p9+j10*t0p10+j11*t0p11)
p1=(offset1+j0*t1p0+j1*t1p1+j2*t1p2+j3*t1p3+j4*t1p4+j5*t1p5+j6*t1p6+j7*t1p7+j8*t1p8+j9*t1p9+j10*t1p10+j11*t1p11)
p2=(offset2+j0*t2p0+j1*t2p1+j2*t2p2+j3*t2p3+j4*t2p4+j5*t2p5+j6*t2p6+j7*t2p7+j8*t2p8+j9*t2p9+j10*t2p10+j11*t2p11)
var i0=0,i1=0,i2=0,i3=0,i4=0,i5=0,i6=0,i7=0,i8=0,i9=0,i10=0,i11=0,d0s0=t0p0,d0s1=(t0p1-s0*t0p0),d0s2=(t0p2-s1*t0p1),d0s3=(t0p3-s2*t0p2),d0s4=(t0p4-s3*t0p3),d0s5=(t0p5-s4*t0p4),d0s6=(t0p6-s5*t0p5),d0s7=(t0p7-s6*t0p6),d0s8=(t0p8-s7*t0p7),d0s9=(t0p9-s8*t0p8),d0s10=(t0p10-s9*t0p9),d0s11=(t0p11-s10*t0p10),d1s0=t1p0,d1s1=(t1p1-s0*t1p0),d1s2=(t1p2-s1*t1p1),d1s3=(t1p3-s2*t1p2),d1s4=(t1p4-s3*t1p3),d1s5=(t1p5-s4*t1p4),d1s6=(t1p6-s5*t1p5),d1s7=(t1p7-s6*t1p6),d1s8=(t1p8-s7*t1p7),d1s9=(t1p9-s8*t1p8),d1s10=(t1p10-s9*t1p9),d1s11=(t1p11-s10*t1p10),d2s0=t2p0,d2s1=(t2p1-s0*t2p0),d2s2=(t2p2-s1*t2p1),d2s3=(t2p3-s2*t2p2),d2s4=(t2p4-s3*t2p3),d2s5=(t2p5-s4*t2p4),d2s6=(t2p6-s5*t2p5),d2s7=(t2p7-s6*t2p6),d2s8=(t2p8-s7*t2p7),d2s9=(t2p9-s8*t2p8),d2s10=(t2p10-s9*t2p9),d2s11=(t2p11-s10*t2p10)
for(i11=0;i11<s11;++i11){
for(i10=0;i10<s10;++i10){
for(i9=0;i9<s9;++i9){
for(i8=0;i8<s8;++i8){
for(i7=0;i7<s7;++i7){
for(i6=0;i6<s6;++i6){
for(i5=0;i5<s5;++i5){
for(i4=0;i4<s4;++i4){
for(i3=0;i3<s3;++i3){
for(i2=0;i2<s2;++i2){
for(i1=0;i1<s1;++i1){
for(i0=0;i0<s0;++i0){
a0[p0]=a1[p1]/a2[p2]
p0+=d0s0
p1+=d1s0
p2+=d2s0
}
p0+=d0s1
p1+=d1s1
p2+=d2s1
}
p0+=d0s2
p1+=d1s2
p2+=d2s2
}
p0+=d0s3
p1+=d1s3
p2+=d2s3
}
p0+=d0s4
p1+=d1s4
p2+=d2s4
}
p0+=d0s5
p1+=d1s5
p2+=d2s5
}
p0+=d0s6
p1+=d1s6
p2+=d2s6
}
p0+=d0s7
p1+=d1s7
p2+=d2s7
}
p0+=d0s8
p1+=d1s8
p2+=d2s8
}
p0+=d0s9
p1+=d1s9
p2+=d2s9
}
p0+=d0s10
p1+=d1s10
p2+=d2s10
}
p0+=d0s11
p1+=d1s11
p2+=d2s11
}
}
}
}
}
}
}
}
}
}
}
}
}} return div_cwise_loop_0s1s2s3s4s5s6s7s8s9s10s11m0a
})()])))
};
