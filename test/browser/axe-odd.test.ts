import { testPages } from './axe-pages.ts'

testPages('odd')
