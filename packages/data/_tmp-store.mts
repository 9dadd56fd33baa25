import { readVolume } from '@voxmim/data/node';
import { preprocess, PreprocessingConfig, cropBox } from '@voxmim/data';
import { createRandom } from '@voxmim/core';
import * as zarr from 'zarrita';
import FileSystemStore from '@zarrita/storage/fs';
import zlib from 'node:zlib';
import { rmSync, writeFileSync, openSync, readSync, closeSync, statSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import Blosc from 'numcodecs/blosc';
import Lz4 from 'numcodecs/lz4';
import Zstd from 'numcodecs/zstd';

const data = process.env.VOXMIM_DATA!;
const cases = [
  ['hippo', `${data}/Task04_Hippocampus/imagesTr/hippocampus_001.nii.gz`, { intensity: { kind: 'zScore' } }, [32, 32, 32]],
  ['ct-resampled', `${data}/ct/example_ct.nii.gz`, { spacing: [2, 1.5, 1.5], cropForeground: false }, [96, 96, 96]],
  ['ct-native', `${data}/ct/example_ct.nii.gz`, {cropForeground: false }, [96, 96, 96]],
] as const;
const cpu=()=>{const u=process.cpuUsage();return (u.user+u.system)/1000}; const N = 30;
const C = 32;
function chunkOf(img: Float32Array, s: readonly number[], o: number[]) {
  const e = [0,1,2].map((a) => Math.min(C, s[a] - o[a]));
  const out = new Float32Array(e[0]*e[1]*e[2]);
  let t = 0;
  for (let d=0; d<e[0]; d++) for (let h=0; h<e[1]; h++) { const b=((o[0]+d)*s[1]+o[1]+h)*s[2]+o[2]; out.set(img.subarray(b,b+e[2]),t); t+=e[2]; }
  return out;
}
function shuffle(x: Uint8Array) { const n=x.length/4; const y=new Uint8Array(x.length); for (let b=0;b<4;b++) for (let i=0;i<n;i++) y[b*n+i]=x[4*i+b]; return y; }
function unshuffle(x: Uint8Array) { const n=x.length/4; const y=new Uint8Array(x.length); for (let b=0;b<4;b++) for (let i=0,j=b;i<n;i++,j+=4) y[j]=x[b*n+i]; return y; }
const blosc = (cname: string, clevel=5) => Blosc.fromConfig({ id:'blosc', cname, clevel, shuffle: 1, blocksize: 0 } as never);
const codecs: Record<string, {encode(x: Uint8Array): any, decode(x: Uint8Array): any}> = {
  raw: { encode: (x) => x, decode: (x) => x.slice() },
  'zlib1': { encode: (x) => zlib.deflateRawSync(x,{level:1}), decode: (x) => zlib.inflateRawSync(x) },
  'zlib1+shuffle': { encode: (x) => zlib.deflateRawSync(shuffle(x),{level:1}), decode: (x) => unshuffle(zlib.inflateRawSync(x)) },
  'lz4': Lz4.fromConfig({} as never) as never,
  
  'zstd1': Zstd.fromConfig({ level: 1 } as never) as never,
  'blosc-lz4': blosc('lz4') as never,
  gzip1: { encode: (x) => zlib.gzipSync(x,{level:1}), decode: (x) => zlib.gunzipSync(x) },
};
for (const [name, path, cfg, crop] of cases) {
  const img = preprocess(await readVolume(path), undefined, PreprocessingConfig.parse(cfg), { origin: path }).image;
  const s = img.shape;
  console.log(name, s.join('x'), (img.data.byteLength/1e6).toFixed(1), 'MB raw');
  const random = createRandom(1);
  const origins = Array.from({length: N}, () => s.map((e, a) => random.integer(Math.max(1, e - crop[a] + 1))));
  for (const [cn, codec] of Object.entries(codecs)) {
    let t0 = cpu(); const chunks: Uint8Array[] = []; const g = s.map((e)=>Math.ceil(e/C));
    for (let d=0;d<g[0];d++) for (let h=0;h<g[1];h++) for (let w=0;w<g[2];w++) { const c=chunkOf(img.data,s,[d*C,h*C,w*C]); chunks.push(await codec.encode(new Uint8Array(c.buffer))); }
    const offs=[0]; for (const c of chunks) offs.push(offs.at(-1)!+c.length);
    writeFileSync('/tmp/cachebench/one', Buffer.concat(chunks));
    const tw = cpu()-t0;
    const readCrop = async (o: number[]) => {
      const f = await open('/tmp/cachebench/one'); const out=new Float32Array(crop[0]*crop[1]*crop[2]); let n=0;
      const lo=o.map((x)=>Math.floor(x/C)), hi=o.map((x,a)=>Math.floor(Math.min(s[a]-1,x+crop[a]-1)/C));
      for (let d=lo[0];d<=hi[0];d++) for (let h=lo[1];h<=hi[1];h++) for (let w=lo[2];w<=hi[2];w++) {
        const i=(d*g[1]+h)*g[2]+w; const b=Buffer.allocUnsafeSlow(offs[i+1]-offs[i]); readSync(f.fd,b,0,b.length,offs[i]);
        const r: Uint8Array=await codec.decode(b); const fl=new Float32Array(r.byteOffset%4? r.slice().buffer : r.buffer, r.byteOffset%4?0:r.byteOffset, r.length/4);
        const co=[d*C,h*C,w*C], e=co.map((x,a)=>Math.min(C,s[a]-x));
        const from=co.map((x,a)=>Math.max(x,o[a])), to=co.map((x,a)=>Math.min(x+e[a],o[a]+crop[a]));
        for (let z=from[0];z<to[0];z++) for (let y=from[1];y<to[1];y++) { const src=((z-co[0])*e[1]+y-co[1])*e[2]+from[2]-co[2]; out.set(fl.subarray(src,src+to[2]-from[2]), ((z-o[0])*crop[1]+y-o[1])*crop[2]+from[2]-o[2]); }
        n++;
      }
      await f.close(); return out;
    };
    await readCrop(origins[0]); await readCrop(origins[1]);
    t0=cpu(); for (const o of origins) await readCrop(o); const tr=(cpu()-t0)/N;
    const got=await readCrop(origins[3]); const want=cropBox(img,{origin: origins[3] as never, shape: crop}).data; let same=got.every((v,i)=>v===want[i]);
    console.log('  one file', cn.padEnd(14), 'write', tw.toFixed(0).padStart(5),'ms  size', (offs.at(-1)!/1e6).toFixed(2), 'MB  crop', tr.toFixed(2),'ms', same);
  }
  for (const cn of ['blosc-lz4','zstd1','gzip1']) {
    rmSync('/tmp/cachebench/z',{recursive:true,force:true});
    const root = zarr.root(new FileSystemStore('/tmp/cachebench/z'));
    let t0=cpu();
    const cc = cn==='blosc-lz4'?{name:'blosc',configuration:{cname:'lz4',clevel:5,shuffle:'shuffle',typesize:4,blocksize:0}}:cn==='zstd1'?{name:'zstd',configuration:{level:1,checksum:false}}:{name:'gzip',configuration:{level:1}};
    if (cn==='blosc-lz4') (cc.configuration as any).shuffle=1;
    try {
    const arr = await zarr.create(root, { shape:[...s], chunkShape:[C,C,C], chunk_shape:[C,C,C], data_type:'float32', dtype: 'float32', codecs:[{name:'bytes',configuration:{endian:'little'}}, cc] } as never) as any;
    await zarr.set(arr, null, { data: img.data, shape:[...s], stride:[s[1]*s[2],s[2],1] } as never);
    const tw=cpu()-t0;
    const readCrop=async(o:number[])=>{ const a=await zarr.open(root,{kind:'array'}); return (await zarr.get(a as any, o.map((x,i)=>zarr.slice(x,Math.min(s[i],x+crop[i]))) as any) as any).data; };
    await readCrop(origins[0]);
    t0=cpu(); for (const o of origins) await readCrop(o); const tr=(cpu()-t0)/N;
    let size=0,files=0; for (const f of readdirSync('/tmp/cachebench/z',{recursive:true,withFileTypes:true})) if (f.isFile()) {files++; size+=statSync(`${f.parentPath}/${f.name}`).size;}
    const got=await readCrop(origins[3]); const want=cropBox(img,{origin: origins[3] as never, shape: crop}).data; const same=got.length===want.length? got.every((v:number,i:number)=>v===want[i]):'shape';
    console.log('  zarrita ', cn.padEnd(14), 'write', tw.toFixed(0).padStart(5),'ms  size', (size/1e6).toFixed(2), 'MB  crop', tr.toFixed(2),'ms', same, files,'files');
    } catch(e) { console.log('  zarrita', cn, String(e).slice(0,200), (e as any).cause); }
  }
}
