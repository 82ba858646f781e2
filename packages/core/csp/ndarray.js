/** @file The classes of ndarray. Written by `pnpm --filter @spm/core generate`; never edited. */
import { makerFrom } from "./find.js";
export default makerFrom([
function (dtype, CTOR_LIST, ORDER) {
function View_Nil(a){this.data=a;};var proto=View_Nil.prototype;proto.dtype=dtype;proto.index=function(){return -1};proto.size=0;proto.dimension=-1;proto.shape=proto.stride=proto.order=[];proto.lo=proto.hi=proto.transpose=proto.step=function(){return new View_Nil(this.data);};proto.get=proto.set=function(){};proto.pick=function(){return null};return function construct_View_Nil(a){return new View_Nil(a);}
},
function (dtype, CTOR_LIST, ORDER) {
var TrivialArray=CTOR_LIST[0]
function View0d(a,d) {this.data = a;this.offset = d};var proto=View0d.prototype;proto.dtype=dtype;proto.index=function(){return this.offset};proto.dimension=0;proto.size=1;proto.shape=proto.stride=proto.order=[];proto.lo=proto.hi=proto.transpose=proto.step=function View0d_copy() {return new View0d(this.data,this.offset)};proto.pick=function View0d_pick(){return TrivialArray(this.data);};proto.valueOf=proto.get=function View0d_get(){return this.data[this.offset]};proto.set=function View0d_set(v){return this.data[this.offset]=v};return function construct_View0d(a,b,c,d){return new View0d(a,d)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View1d(a,b0,c0,d){this.data=a
this.shape=[b0]
this.stride=[c0]
this.offset=d|0}
var proto=View1d.prototype
proto.dtype=dtype
proto.dimension=1
Object.defineProperty(proto,'size',{get:function View1d_size(){return this.shape[0]
}})
proto.order=[0]
proto.set=function View1d_set(i0,v){
return this.data[this.offset+this.stride[0]*i0]=v}
proto.get=function View1d_get(i0){
return this.data[this.offset+this.stride[0]*i0]}
proto.index=function View1d_index(
i0
){return this.offset+this.stride[0]*i0}
proto.hi=function View1d_hi(i0){return new View1d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,this.stride[0],this.offset)}
proto.lo=function View1d_lo(i0){var b=this.offset,d=0,a0=this.shape[0],c0=this.stride[0]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
return new View1d(this.data,a0,c0,b)}
proto.step=function View1d_step(i0){var a0=this.shape[0],b0=this.stride[0],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
return new View1d(this.data,a0,b0,c)}
proto.transpose=function View1d_transpose(i0){i0=(i0===undefined?0:i0|0)
var a=this.shape,b=this.stride;return new View1d(this.data,a[i0],b[i0],this.offset)}
proto.pick=function View1d_pick(i0){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View1d(data,shape,stride,offset){return new View1d(data,shape[0],stride[0],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View2d(a,b0,b1,c0,c1,d){this.data=a
this.shape=[b0,b1]
this.stride=[c0,c1]
this.offset=d|0}
var proto=View2d.prototype
proto.dtype=dtype
proto.dimension=2
Object.defineProperty(proto,'size',{get:function View2d_size(){return this.shape[0]*this.shape[1]
}})
Object.defineProperty(proto,'order',{get:
function View2d_order(){
return (Math.abs(this.stride[0])>Math.abs(this.stride[1]))?[1,0]:[0,1]}})
proto.set=function View2d_set(i0,i1,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1]=v}
proto.get=function View2d_get(i0,i1){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1]}
proto.index=function View2d_index(
i0,i1
){return this.offset+this.stride[0]*i0+this.stride[1]*i1}
proto.hi=function View2d_hi(i0,i1){return new View2d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,this.stride[0],this.stride[1],this.offset)}
proto.lo=function View2d_lo(i0,i1){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],c0=this.stride[0],c1=this.stride[1]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
return new View2d(this.data,a0,a1,c0,c1,b)}
proto.step=function View2d_step(i0,i1){var a0=this.shape[0],a1=this.shape[1],b0=this.stride[0],b1=this.stride[1],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
return new View2d(this.data,a0,a1,b0,b1,c)}
proto.transpose=function View2d_transpose(i0,i1){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0)
var a=this.shape,b=this.stride;return new View2d(this.data,a[i0],a[i1],b[i0],b[i1],this.offset)}
proto.pick=function View2d_pick(i0,i1){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View2d(data,shape,stride,offset){return new View2d(data,shape[0],shape[1],stride[0],stride[1],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View3d(a,b0,b1,b2,c0,c1,c2,d){this.data=a
this.shape=[b0,b1,b2]
this.stride=[c0,c1,c2]
this.offset=d|0}
var proto=View3d.prototype
proto.dtype=dtype
proto.dimension=3
Object.defineProperty(proto,'size',{get:function View3d_size(){return this.shape[0]*this.shape[1]*this.shape[2]
}})
Object.defineProperty(proto,'order',{get:
function View3d_order(){
var s0=Math.abs(this.stride[0]),s1=Math.abs(this.stride[1]),s2=Math.abs(this.stride[2]);if(s0>s1){if(s1>s2){return [2,1,0];}else if(s0>s2){return [1,2,0];}else{return [1,0,2];}}else if(s0>s2){return [2,0,1];}else if(s2>s1){return [0,1,2];}else{return [0,2,1];}}})
proto.set=function View3d_set(i0,i1,i2,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2]=v}
proto.get=function View3d_get(i0,i1,i2){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2]}
proto.index=function View3d_index(
i0,i1,i2
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2}
proto.hi=function View3d_hi(i0,i1,i2){return new View3d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,this.stride[0],this.stride[1],this.stride[2],this.offset)}
proto.lo=function View3d_lo(i0,i1,i2){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
return new View3d(this.data,a0,a1,a2,c0,c1,c2,b)}
proto.step=function View3d_step(i0,i1,i2){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
return new View3d(this.data,a0,a1,a2,b0,b1,b2,c)}
proto.transpose=function View3d_transpose(i0,i1,i2){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0)
var a=this.shape,b=this.stride;return new View3d(this.data,a[i0],a[i1],a[i2],b[i0],b[i1],b[i2],this.offset)}
proto.pick=function View3d_pick(i0,i1,i2){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View3d(data,shape,stride,offset){return new View3d(data,shape[0],shape[1],shape[2],stride[0],stride[1],stride[2],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View4d(a,b0,b1,b2,b3,c0,c1,c2,c3,d){this.data=a
this.shape=[b0,b1,b2,b3]
this.stride=[c0,c1,c2,c3]
this.offset=d|0}
var proto=View4d.prototype
proto.dtype=dtype
proto.dimension=4
Object.defineProperty(proto,'size',{get:function View4d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View4d_set(i0,i1,i2,i3,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3]=v}
proto.get=function View4d_get(i0,i1,i2,i3){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3]}
proto.index=function View4d_index(
i0,i1,i2,i3
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3}
proto.hi=function View4d_hi(i0,i1,i2,i3){return new View4d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.offset)}
proto.lo=function View4d_lo(i0,i1,i2,i3){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
return new View4d(this.data,a0,a1,a2,a3,c0,c1,c2,c3,b)}
proto.step=function View4d_step(i0,i1,i2,i3){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
return new View4d(this.data,a0,a1,a2,a3,b0,b1,b2,b3,c)}
proto.transpose=function View4d_transpose(i0,i1,i2,i3){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0)
var a=this.shape,b=this.stride;return new View4d(this.data,a[i0],a[i1],a[i2],a[i3],b[i0],b[i1],b[i2],b[i3],this.offset)}
proto.pick=function View4d_pick(i0,i1,i2,i3){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View4d(data,shape,stride,offset){return new View4d(data,shape[0],shape[1],shape[2],shape[3],stride[0],stride[1],stride[2],stride[3],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View5d(a,b0,b1,b2,b3,b4,c0,c1,c2,c3,c4,d){this.data=a
this.shape=[b0,b1,b2,b3,b4]
this.stride=[c0,c1,c2,c3,c4]
this.offset=d|0}
var proto=View5d.prototype
proto.dtype=dtype
proto.dimension=5
Object.defineProperty(proto,'size',{get:function View5d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View5d_set(i0,i1,i2,i3,i4,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4]=v}
proto.get=function View5d_get(i0,i1,i2,i3,i4){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4]}
proto.index=function View5d_index(
i0,i1,i2,i3,i4
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4}
proto.hi=function View5d_hi(i0,i1,i2,i3,i4){return new View5d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.offset)}
proto.lo=function View5d_lo(i0,i1,i2,i3,i4){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
return new View5d(this.data,a0,a1,a2,a3,a4,c0,c1,c2,c3,c4,b)}
proto.step=function View5d_step(i0,i1,i2,i3,i4){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
return new View5d(this.data,a0,a1,a2,a3,a4,b0,b1,b2,b3,b4,c)}
proto.transpose=function View5d_transpose(i0,i1,i2,i3,i4){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0)
var a=this.shape,b=this.stride;return new View5d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],b[i0],b[i1],b[i2],b[i3],b[i4],this.offset)}
proto.pick=function View5d_pick(i0,i1,i2,i3,i4){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View5d(data,shape,stride,offset){return new View5d(data,shape[0],shape[1],shape[2],shape[3],shape[4],stride[0],stride[1],stride[2],stride[3],stride[4],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View6d(a,b0,b1,b2,b3,b4,b5,c0,c1,c2,c3,c4,c5,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5]
this.stride=[c0,c1,c2,c3,c4,c5]
this.offset=d|0}
var proto=View6d.prototype
proto.dtype=dtype
proto.dimension=6
Object.defineProperty(proto,'size',{get:function View6d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View6d_set(i0,i1,i2,i3,i4,i5,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5]=v}
proto.get=function View6d_get(i0,i1,i2,i3,i4,i5){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5]}
proto.index=function View6d_index(
i0,i1,i2,i3,i4,i5
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5}
proto.hi=function View6d_hi(i0,i1,i2,i3,i4,i5){return new View6d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.offset)}
proto.lo=function View6d_lo(i0,i1,i2,i3,i4,i5){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
return new View6d(this.data,a0,a1,a2,a3,a4,a5,c0,c1,c2,c3,c4,c5,b)}
proto.step=function View6d_step(i0,i1,i2,i3,i4,i5){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
return new View6d(this.data,a0,a1,a2,a3,a4,a5,b0,b1,b2,b3,b4,b5,c)}
proto.transpose=function View6d_transpose(i0,i1,i2,i3,i4,i5){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0)
var a=this.shape,b=this.stride;return new View6d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],this.offset)}
proto.pick=function View6d_pick(i0,i1,i2,i3,i4,i5){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View6d(data,shape,stride,offset){return new View6d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View7d(a,b0,b1,b2,b3,b4,b5,b6,c0,c1,c2,c3,c4,c5,c6,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5,b6]
this.stride=[c0,c1,c2,c3,c4,c5,c6]
this.offset=d|0}
var proto=View7d.prototype
proto.dtype=dtype
proto.dimension=7
Object.defineProperty(proto,'size',{get:function View7d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]*this.shape[6]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View7d_set(i0,i1,i2,i3,i4,i5,i6,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6]=v}
proto.get=function View7d_get(i0,i1,i2,i3,i4,i5,i6){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6]}
proto.index=function View7d_index(
i0,i1,i2,i3,i4,i5,i6
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6}
proto.hi=function View7d_hi(i0,i1,i2,i3,i4,i5,i6){return new View7d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,(typeof i6!=='number'||i6<0)?this.shape[6]:i6|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.stride[6],this.offset)}
proto.lo=function View7d_lo(i0,i1,i2,i3,i4,i5,i6){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5],c6=this.stride[6]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
if(typeof i6==='number'&&i6>=0){d=i6|0;b+=c6*d;a6-=d}
return new View7d(this.data,a0,a1,a2,a3,a4,a5,a6,c0,c1,c2,c3,c4,c5,c6,b)}
proto.step=function View7d_step(i0,i1,i2,i3,i4,i5,i6){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],b6=this.stride[6],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
if(typeof i6==='number'){d=i6|0;if(d<0){c+=b6*(a6-1);a6=ceil(-a6/d)}else{a6=ceil(a6/d)}b6*=d}
return new View7d(this.data,a0,a1,a2,a3,a4,a5,a6,b0,b1,b2,b3,b4,b5,b6,c)}
proto.transpose=function View7d_transpose(i0,i1,i2,i3,i4,i5,i6){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0);i6=(i6===undefined?6:i6|0)
var a=this.shape,b=this.stride;return new View7d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],a[i6],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],b[i6],this.offset)}
proto.pick=function View7d_pick(i0,i1,i2,i3,i4,i5,i6){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
if(typeof i6==='number'&&i6>=0){c=(c+this.stride[6]*i6)|0}else{a.push(this.shape[6]);b.push(this.stride[6])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View7d(data,shape,stride,offset){return new View7d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],shape[6],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],stride[6],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View8d(a,b0,b1,b2,b3,b4,b5,b6,b7,c0,c1,c2,c3,c4,c5,c6,c7,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5,b6,b7]
this.stride=[c0,c1,c2,c3,c4,c5,c6,c7]
this.offset=d|0}
var proto=View8d.prototype
proto.dtype=dtype
proto.dimension=8
Object.defineProperty(proto,'size',{get:function View8d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]*this.shape[6]*this.shape[7]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View8d_set(i0,i1,i2,i3,i4,i5,i6,i7,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7]=v}
proto.get=function View8d_get(i0,i1,i2,i3,i4,i5,i6,i7){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7]}
proto.index=function View8d_index(
i0,i1,i2,i3,i4,i5,i6,i7
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7}
proto.hi=function View8d_hi(i0,i1,i2,i3,i4,i5,i6,i7){return new View8d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,(typeof i6!=='number'||i6<0)?this.shape[6]:i6|0,(typeof i7!=='number'||i7<0)?this.shape[7]:i7|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.stride[6],this.stride[7],this.offset)}
proto.lo=function View8d_lo(i0,i1,i2,i3,i4,i5,i6,i7){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5],c6=this.stride[6],c7=this.stride[7]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
if(typeof i6==='number'&&i6>=0){d=i6|0;b+=c6*d;a6-=d}
if(typeof i7==='number'&&i7>=0){d=i7|0;b+=c7*d;a7-=d}
return new View8d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,c0,c1,c2,c3,c4,c5,c6,c7,b)}
proto.step=function View8d_step(i0,i1,i2,i3,i4,i5,i6,i7){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],b6=this.stride[6],b7=this.stride[7],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
if(typeof i6==='number'){d=i6|0;if(d<0){c+=b6*(a6-1);a6=ceil(-a6/d)}else{a6=ceil(a6/d)}b6*=d}
if(typeof i7==='number'){d=i7|0;if(d<0){c+=b7*(a7-1);a7=ceil(-a7/d)}else{a7=ceil(a7/d)}b7*=d}
return new View8d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,b0,b1,b2,b3,b4,b5,b6,b7,c)}
proto.transpose=function View8d_transpose(i0,i1,i2,i3,i4,i5,i6,i7){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0);i6=(i6===undefined?6:i6|0);i7=(i7===undefined?7:i7|0)
var a=this.shape,b=this.stride;return new View8d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],a[i6],a[i7],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],b[i6],b[i7],this.offset)}
proto.pick=function View8d_pick(i0,i1,i2,i3,i4,i5,i6,i7){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
if(typeof i6==='number'&&i6>=0){c=(c+this.stride[6]*i6)|0}else{a.push(this.shape[6]);b.push(this.stride[6])}
if(typeof i7==='number'&&i7>=0){c=(c+this.stride[7]*i7)|0}else{a.push(this.shape[7]);b.push(this.stride[7])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View8d(data,shape,stride,offset){return new View8d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],shape[6],shape[7],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],stride[6],stride[7],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View9d(a,b0,b1,b2,b3,b4,b5,b6,b7,b8,c0,c1,c2,c3,c4,c5,c6,c7,c8,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5,b6,b7,b8]
this.stride=[c0,c1,c2,c3,c4,c5,c6,c7,c8]
this.offset=d|0}
var proto=View9d.prototype
proto.dtype=dtype
proto.dimension=9
Object.defineProperty(proto,'size',{get:function View9d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]*this.shape[6]*this.shape[7]*this.shape[8]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View9d_set(i0,i1,i2,i3,i4,i5,i6,i7,i8,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8]=v}
proto.get=function View9d_get(i0,i1,i2,i3,i4,i5,i6,i7,i8){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8]}
proto.index=function View9d_index(
i0,i1,i2,i3,i4,i5,i6,i7,i8
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8}
proto.hi=function View9d_hi(i0,i1,i2,i3,i4,i5,i6,i7,i8){return new View9d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,(typeof i6!=='number'||i6<0)?this.shape[6]:i6|0,(typeof i7!=='number'||i7<0)?this.shape[7]:i7|0,(typeof i8!=='number'||i8<0)?this.shape[8]:i8|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.stride[6],this.stride[7],this.stride[8],this.offset)}
proto.lo=function View9d_lo(i0,i1,i2,i3,i4,i5,i6,i7,i8){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5],c6=this.stride[6],c7=this.stride[7],c8=this.stride[8]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
if(typeof i6==='number'&&i6>=0){d=i6|0;b+=c6*d;a6-=d}
if(typeof i7==='number'&&i7>=0){d=i7|0;b+=c7*d;a7-=d}
if(typeof i8==='number'&&i8>=0){d=i8|0;b+=c8*d;a8-=d}
return new View9d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,c0,c1,c2,c3,c4,c5,c6,c7,c8,b)}
proto.step=function View9d_step(i0,i1,i2,i3,i4,i5,i6,i7,i8){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],b6=this.stride[6],b7=this.stride[7],b8=this.stride[8],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
if(typeof i6==='number'){d=i6|0;if(d<0){c+=b6*(a6-1);a6=ceil(-a6/d)}else{a6=ceil(a6/d)}b6*=d}
if(typeof i7==='number'){d=i7|0;if(d<0){c+=b7*(a7-1);a7=ceil(-a7/d)}else{a7=ceil(a7/d)}b7*=d}
if(typeof i8==='number'){d=i8|0;if(d<0){c+=b8*(a8-1);a8=ceil(-a8/d)}else{a8=ceil(a8/d)}b8*=d}
return new View9d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,b0,b1,b2,b3,b4,b5,b6,b7,b8,c)}
proto.transpose=function View9d_transpose(i0,i1,i2,i3,i4,i5,i6,i7,i8){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0);i6=(i6===undefined?6:i6|0);i7=(i7===undefined?7:i7|0);i8=(i8===undefined?8:i8|0)
var a=this.shape,b=this.stride;return new View9d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],a[i6],a[i7],a[i8],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],b[i6],b[i7],b[i8],this.offset)}
proto.pick=function View9d_pick(i0,i1,i2,i3,i4,i5,i6,i7,i8){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
if(typeof i6==='number'&&i6>=0){c=(c+this.stride[6]*i6)|0}else{a.push(this.shape[6]);b.push(this.stride[6])}
if(typeof i7==='number'&&i7>=0){c=(c+this.stride[7]*i7)|0}else{a.push(this.shape[7]);b.push(this.stride[7])}
if(typeof i8==='number'&&i8>=0){c=(c+this.stride[8]*i8)|0}else{a.push(this.shape[8]);b.push(this.stride[8])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View9d(data,shape,stride,offset){return new View9d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],shape[6],shape[7],shape[8],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],stride[6],stride[7],stride[8],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View10d(a,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5,b6,b7,b8,b9]
this.stride=[c0,c1,c2,c3,c4,c5,c6,c7,c8,c9]
this.offset=d|0}
var proto=View10d.prototype
proto.dtype=dtype
proto.dimension=10
Object.defineProperty(proto,'size',{get:function View10d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]*this.shape[6]*this.shape[7]*this.shape[8]*this.shape[9]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View10d_set(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9]=v}
proto.get=function View10d_get(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9]}
proto.index=function View10d_index(
i0,i1,i2,i3,i4,i5,i6,i7,i8,i9
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9}
proto.hi=function View10d_hi(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9){return new View10d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,(typeof i6!=='number'||i6<0)?this.shape[6]:i6|0,(typeof i7!=='number'||i7<0)?this.shape[7]:i7|0,(typeof i8!=='number'||i8<0)?this.shape[8]:i8|0,(typeof i9!=='number'||i9<0)?this.shape[9]:i9|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.stride[6],this.stride[7],this.stride[8],this.stride[9],this.offset)}
proto.lo=function View10d_lo(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],a9=this.shape[9],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5],c6=this.stride[6],c7=this.stride[7],c8=this.stride[8],c9=this.stride[9]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
if(typeof i6==='number'&&i6>=0){d=i6|0;b+=c6*d;a6-=d}
if(typeof i7==='number'&&i7>=0){d=i7|0;b+=c7*d;a7-=d}
if(typeof i8==='number'&&i8>=0){d=i8|0;b+=c8*d;a8-=d}
if(typeof i9==='number'&&i9>=0){d=i9|0;b+=c9*d;a9-=d}
return new View10d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,b)}
proto.step=function View10d_step(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],a9=this.shape[9],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],b6=this.stride[6],b7=this.stride[7],b8=this.stride[8],b9=this.stride[9],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
if(typeof i6==='number'){d=i6|0;if(d<0){c+=b6*(a6-1);a6=ceil(-a6/d)}else{a6=ceil(a6/d)}b6*=d}
if(typeof i7==='number'){d=i7|0;if(d<0){c+=b7*(a7-1);a7=ceil(-a7/d)}else{a7=ceil(a7/d)}b7*=d}
if(typeof i8==='number'){d=i8|0;if(d<0){c+=b8*(a8-1);a8=ceil(-a8/d)}else{a8=ceil(a8/d)}b8*=d}
if(typeof i9==='number'){d=i9|0;if(d<0){c+=b9*(a9-1);a9=ceil(-a9/d)}else{a9=ceil(a9/d)}b9*=d}
return new View10d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c)}
proto.transpose=function View10d_transpose(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0);i6=(i6===undefined?6:i6|0);i7=(i7===undefined?7:i7|0);i8=(i8===undefined?8:i8|0);i9=(i9===undefined?9:i9|0)
var a=this.shape,b=this.stride;return new View10d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],a[i6],a[i7],a[i8],a[i9],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],b[i6],b[i7],b[i8],b[i9],this.offset)}
proto.pick=function View10d_pick(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
if(typeof i6==='number'&&i6>=0){c=(c+this.stride[6]*i6)|0}else{a.push(this.shape[6]);b.push(this.stride[6])}
if(typeof i7==='number'&&i7>=0){c=(c+this.stride[7]*i7)|0}else{a.push(this.shape[7]);b.push(this.stride[7])}
if(typeof i8==='number'&&i8>=0){c=(c+this.stride[8]*i8)|0}else{a.push(this.shape[8]);b.push(this.stride[8])}
if(typeof i9==='number'&&i9>=0){c=(c+this.stride[9]*i9)|0}else{a.push(this.shape[9]);b.push(this.stride[9])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View10d(data,shape,stride,offset){return new View10d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],shape[6],shape[7],shape[8],shape[9],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],stride[6],stride[7],stride[8],stride[9],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View11d(a,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10]
this.stride=[c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10]
this.offset=d|0}
var proto=View11d.prototype
proto.dtype=dtype
proto.dimension=11
Object.defineProperty(proto,'size',{get:function View11d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]*this.shape[6]*this.shape[7]*this.shape[8]*this.shape[9]*this.shape[10]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View11d_set(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9+this.stride[10]*i10]=v}
proto.get=function View11d_get(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9+this.stride[10]*i10]}
proto.index=function View11d_index(
i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9+this.stride[10]*i10}
proto.hi=function View11d_hi(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10){return new View11d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,(typeof i6!=='number'||i6<0)?this.shape[6]:i6|0,(typeof i7!=='number'||i7<0)?this.shape[7]:i7|0,(typeof i8!=='number'||i8<0)?this.shape[8]:i8|0,(typeof i9!=='number'||i9<0)?this.shape[9]:i9|0,(typeof i10!=='number'||i10<0)?this.shape[10]:i10|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.stride[6],this.stride[7],this.stride[8],this.stride[9],this.stride[10],this.offset)}
proto.lo=function View11d_lo(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],a9=this.shape[9],a10=this.shape[10],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5],c6=this.stride[6],c7=this.stride[7],c8=this.stride[8],c9=this.stride[9],c10=this.stride[10]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
if(typeof i6==='number'&&i6>=0){d=i6|0;b+=c6*d;a6-=d}
if(typeof i7==='number'&&i7>=0){d=i7|0;b+=c7*d;a7-=d}
if(typeof i8==='number'&&i8>=0){d=i8|0;b+=c8*d;a8-=d}
if(typeof i9==='number'&&i9>=0){d=i9|0;b+=c9*d;a9-=d}
if(typeof i10==='number'&&i10>=0){d=i10|0;b+=c10*d;a10-=d}
return new View11d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,b)}
proto.step=function View11d_step(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],a9=this.shape[9],a10=this.shape[10],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],b6=this.stride[6],b7=this.stride[7],b8=this.stride[8],b9=this.stride[9],b10=this.stride[10],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
if(typeof i6==='number'){d=i6|0;if(d<0){c+=b6*(a6-1);a6=ceil(-a6/d)}else{a6=ceil(a6/d)}b6*=d}
if(typeof i7==='number'){d=i7|0;if(d<0){c+=b7*(a7-1);a7=ceil(-a7/d)}else{a7=ceil(a7/d)}b7*=d}
if(typeof i8==='number'){d=i8|0;if(d<0){c+=b8*(a8-1);a8=ceil(-a8/d)}else{a8=ceil(a8/d)}b8*=d}
if(typeof i9==='number'){d=i9|0;if(d<0){c+=b9*(a9-1);a9=ceil(-a9/d)}else{a9=ceil(a9/d)}b9*=d}
if(typeof i10==='number'){d=i10|0;if(d<0){c+=b10*(a10-1);a10=ceil(-a10/d)}else{a10=ceil(a10/d)}b10*=d}
return new View11d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10,c)}
proto.transpose=function View11d_transpose(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0);i6=(i6===undefined?6:i6|0);i7=(i7===undefined?7:i7|0);i8=(i8===undefined?8:i8|0);i9=(i9===undefined?9:i9|0);i10=(i10===undefined?10:i10|0)
var a=this.shape,b=this.stride;return new View11d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],a[i6],a[i7],a[i8],a[i9],a[i10],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],b[i6],b[i7],b[i8],b[i9],b[i10],this.offset)}
proto.pick=function View11d_pick(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
if(typeof i6==='number'&&i6>=0){c=(c+this.stride[6]*i6)|0}else{a.push(this.shape[6]);b.push(this.stride[6])}
if(typeof i7==='number'&&i7>=0){c=(c+this.stride[7]*i7)|0}else{a.push(this.shape[7]);b.push(this.stride[7])}
if(typeof i8==='number'&&i8>=0){c=(c+this.stride[8]*i8)|0}else{a.push(this.shape[8]);b.push(this.stride[8])}
if(typeof i9==='number'&&i9>=0){c=(c+this.stride[9]*i9)|0}else{a.push(this.shape[9]);b.push(this.stride[9])}
if(typeof i10==='number'&&i10>=0){c=(c+this.stride[10]*i10)|0}else{a.push(this.shape[10]);b.push(this.stride[10])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View11d(data,shape,stride,offset){return new View11d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],shape[6],shape[7],shape[8],shape[9],shape[10],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],stride[6],stride[7],stride[8],stride[9],stride[10],offset)}
},
function (dtype, CTOR_LIST, ORDER) {
'use strict'
function View12d(a,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10,b11,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,d){this.data=a
this.shape=[b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10,b11]
this.stride=[c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11]
this.offset=d|0}
var proto=View12d.prototype
proto.dtype=dtype
proto.dimension=12
Object.defineProperty(proto,'size',{get:function View12d_size(){return this.shape[0]*this.shape[1]*this.shape[2]*this.shape[3]*this.shape[4]*this.shape[5]*this.shape[6]*this.shape[7]*this.shape[8]*this.shape[9]*this.shape[10]*this.shape[11]
}})
Object.defineProperty(proto,'order',{get:
ORDER})
proto.set=function View12d_set(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11,v){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9+this.stride[10]*i10+this.stride[11]*i11]=v}
proto.get=function View12d_get(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11){
return this.data[this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9+this.stride[10]*i10+this.stride[11]*i11]}
proto.index=function View12d_index(
i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11
){return this.offset+this.stride[0]*i0+this.stride[1]*i1+this.stride[2]*i2+this.stride[3]*i3+this.stride[4]*i4+this.stride[5]*i5+this.stride[6]*i6+this.stride[7]*i7+this.stride[8]*i8+this.stride[9]*i9+this.stride[10]*i10+this.stride[11]*i11}
proto.hi=function View12d_hi(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11){return new View12d(this.data,(typeof i0!=='number'||i0<0)?this.shape[0]:i0|0,(typeof i1!=='number'||i1<0)?this.shape[1]:i1|0,(typeof i2!=='number'||i2<0)?this.shape[2]:i2|0,(typeof i3!=='number'||i3<0)?this.shape[3]:i3|0,(typeof i4!=='number'||i4<0)?this.shape[4]:i4|0,(typeof i5!=='number'||i5<0)?this.shape[5]:i5|0,(typeof i6!=='number'||i6<0)?this.shape[6]:i6|0,(typeof i7!=='number'||i7<0)?this.shape[7]:i7|0,(typeof i8!=='number'||i8<0)?this.shape[8]:i8|0,(typeof i9!=='number'||i9<0)?this.shape[9]:i9|0,(typeof i10!=='number'||i10<0)?this.shape[10]:i10|0,(typeof i11!=='number'||i11<0)?this.shape[11]:i11|0,this.stride[0],this.stride[1],this.stride[2],this.stride[3],this.stride[4],this.stride[5],this.stride[6],this.stride[7],this.stride[8],this.stride[9],this.stride[10],this.stride[11],this.offset)}
proto.lo=function View12d_lo(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11){var b=this.offset,d=0,a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],a9=this.shape[9],a10=this.shape[10],a11=this.shape[11],c0=this.stride[0],c1=this.stride[1],c2=this.stride[2],c3=this.stride[3],c4=this.stride[4],c5=this.stride[5],c6=this.stride[6],c7=this.stride[7],c8=this.stride[8],c9=this.stride[9],c10=this.stride[10],c11=this.stride[11]
if(typeof i0==='number'&&i0>=0){d=i0|0;b+=c0*d;a0-=d}
if(typeof i1==='number'&&i1>=0){d=i1|0;b+=c1*d;a1-=d}
if(typeof i2==='number'&&i2>=0){d=i2|0;b+=c2*d;a2-=d}
if(typeof i3==='number'&&i3>=0){d=i3|0;b+=c3*d;a3-=d}
if(typeof i4==='number'&&i4>=0){d=i4|0;b+=c4*d;a4-=d}
if(typeof i5==='number'&&i5>=0){d=i5|0;b+=c5*d;a5-=d}
if(typeof i6==='number'&&i6>=0){d=i6|0;b+=c6*d;a6-=d}
if(typeof i7==='number'&&i7>=0){d=i7|0;b+=c7*d;a7-=d}
if(typeof i8==='number'&&i8>=0){d=i8|0;b+=c8*d;a8-=d}
if(typeof i9==='number'&&i9>=0){d=i9|0;b+=c9*d;a9-=d}
if(typeof i10==='number'&&i10>=0){d=i10|0;b+=c10*d;a10-=d}
if(typeof i11==='number'&&i11>=0){d=i11|0;b+=c11*d;a11-=d}
return new View12d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,b)}
proto.step=function View12d_step(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11){var a0=this.shape[0],a1=this.shape[1],a2=this.shape[2],a3=this.shape[3],a4=this.shape[4],a5=this.shape[5],a6=this.shape[6],a7=this.shape[7],a8=this.shape[8],a9=this.shape[9],a10=this.shape[10],a11=this.shape[11],b0=this.stride[0],b1=this.stride[1],b2=this.stride[2],b3=this.stride[3],b4=this.stride[4],b5=this.stride[5],b6=this.stride[6],b7=this.stride[7],b8=this.stride[8],b9=this.stride[9],b10=this.stride[10],b11=this.stride[11],c=this.offset,d=0,ceil=Math.ceil
if(typeof i0==='number'){d=i0|0;if(d<0){c+=b0*(a0-1);a0=ceil(-a0/d)}else{a0=ceil(a0/d)}b0*=d}
if(typeof i1==='number'){d=i1|0;if(d<0){c+=b1*(a1-1);a1=ceil(-a1/d)}else{a1=ceil(a1/d)}b1*=d}
if(typeof i2==='number'){d=i2|0;if(d<0){c+=b2*(a2-1);a2=ceil(-a2/d)}else{a2=ceil(a2/d)}b2*=d}
if(typeof i3==='number'){d=i3|0;if(d<0){c+=b3*(a3-1);a3=ceil(-a3/d)}else{a3=ceil(a3/d)}b3*=d}
if(typeof i4==='number'){d=i4|0;if(d<0){c+=b4*(a4-1);a4=ceil(-a4/d)}else{a4=ceil(a4/d)}b4*=d}
if(typeof i5==='number'){d=i5|0;if(d<0){c+=b5*(a5-1);a5=ceil(-a5/d)}else{a5=ceil(a5/d)}b5*=d}
if(typeof i6==='number'){d=i6|0;if(d<0){c+=b6*(a6-1);a6=ceil(-a6/d)}else{a6=ceil(a6/d)}b6*=d}
if(typeof i7==='number'){d=i7|0;if(d<0){c+=b7*(a7-1);a7=ceil(-a7/d)}else{a7=ceil(a7/d)}b7*=d}
if(typeof i8==='number'){d=i8|0;if(d<0){c+=b8*(a8-1);a8=ceil(-a8/d)}else{a8=ceil(a8/d)}b8*=d}
if(typeof i9==='number'){d=i9|0;if(d<0){c+=b9*(a9-1);a9=ceil(-a9/d)}else{a9=ceil(a9/d)}b9*=d}
if(typeof i10==='number'){d=i10|0;if(d<0){c+=b10*(a10-1);a10=ceil(-a10/d)}else{a10=ceil(a10/d)}b10*=d}
if(typeof i11==='number'){d=i11|0;if(d<0){c+=b11*(a11-1);a11=ceil(-a11/d)}else{a11=ceil(a11/d)}b11*=d}
return new View12d(this.data,a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,b10,b11,c)}
proto.transpose=function View12d_transpose(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11){i0=(i0===undefined?0:i0|0);i1=(i1===undefined?1:i1|0);i2=(i2===undefined?2:i2|0);i3=(i3===undefined?3:i3|0);i4=(i4===undefined?4:i4|0);i5=(i5===undefined?5:i5|0);i6=(i6===undefined?6:i6|0);i7=(i7===undefined?7:i7|0);i8=(i8===undefined?8:i8|0);i9=(i9===undefined?9:i9|0);i10=(i10===undefined?10:i10|0);i11=(i11===undefined?11:i11|0)
var a=this.shape,b=this.stride;return new View12d(this.data,a[i0],a[i1],a[i2],a[i3],a[i4],a[i5],a[i6],a[i7],a[i8],a[i9],a[i10],a[i11],b[i0],b[i1],b[i2],b[i3],b[i4],b[i5],b[i6],b[i7],b[i8],b[i9],b[i10],b[i11],this.offset)}
proto.pick=function View12d_pick(i0,i1,i2,i3,i4,i5,i6,i7,i8,i9,i10,i11){var a=[],b=[],c=this.offset
if(typeof i0==='number'&&i0>=0){c=(c+this.stride[0]*i0)|0}else{a.push(this.shape[0]);b.push(this.stride[0])}
if(typeof i1==='number'&&i1>=0){c=(c+this.stride[1]*i1)|0}else{a.push(this.shape[1]);b.push(this.stride[1])}
if(typeof i2==='number'&&i2>=0){c=(c+this.stride[2]*i2)|0}else{a.push(this.shape[2]);b.push(this.stride[2])}
if(typeof i3==='number'&&i3>=0){c=(c+this.stride[3]*i3)|0}else{a.push(this.shape[3]);b.push(this.stride[3])}
if(typeof i4==='number'&&i4>=0){c=(c+this.stride[4]*i4)|0}else{a.push(this.shape[4]);b.push(this.stride[4])}
if(typeof i5==='number'&&i5>=0){c=(c+this.stride[5]*i5)|0}else{a.push(this.shape[5]);b.push(this.stride[5])}
if(typeof i6==='number'&&i6>=0){c=(c+this.stride[6]*i6)|0}else{a.push(this.shape[6]);b.push(this.stride[6])}
if(typeof i7==='number'&&i7>=0){c=(c+this.stride[7]*i7)|0}else{a.push(this.shape[7]);b.push(this.stride[7])}
if(typeof i8==='number'&&i8>=0){c=(c+this.stride[8]*i8)|0}else{a.push(this.shape[8]);b.push(this.stride[8])}
if(typeof i9==='number'&&i9>=0){c=(c+this.stride[9]*i9)|0}else{a.push(this.shape[9]);b.push(this.stride[9])}
if(typeof i10==='number'&&i10>=0){c=(c+this.stride[10]*i10)|0}else{a.push(this.shape[10]);b.push(this.stride[10])}
if(typeof i11==='number'&&i11>=0){c=(c+this.stride[11]*i11)|0}else{a.push(this.shape[11]);b.push(this.stride[11])}
var ctor=CTOR_LIST[a.length+1];return ctor(this.data,a,b,c)}
return function construct_View12d(data,shape,stride,offset){return new View12d(data,shape[0],shape[1],shape[2],shape[3],shape[4],shape[5],shape[6],shape[7],shape[8],shape[9],shape[10],shape[11],stride[0],stride[1],stride[2],stride[3],stride[4],stride[5],stride[6],stride[7],stride[8],stride[9],stride[10],stride[11],offset)}
}
]);
